/** A command of this program as it was called itself: npm tells its scripts by which name they were. */
export function asTyped(command: string): string {
  return process.env['npm_lifecycle_event'] === 'wva' ? `npm run -s wva -- ${command}` : `wva ${command}`;
}
