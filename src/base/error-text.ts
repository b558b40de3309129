/** What went wrong, as a clause. Of what the platform says to a file or folder, the words without its codes. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const [, words] = /^E[A-Z]+: (.+?), \w+(?: '.*')?$/.exec(error.message) ?? [];
  return words ?? error.message;
}
