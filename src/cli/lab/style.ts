import { styleText } from 'node:util';

/** Only where standard output shows colours: not in pipes, and not where NO_COLOR is set. */
function styled(format: Parameters<typeof styleText>[0]): (text: string) => string {
  return (text) => styleText(format, text, { stream: process.stdout });
}

export const bold: (text: string) => string = styled('bold');
export const dim: (text: string) => string = styled('dim');
export const green: (text: string) => string = styled('green');
