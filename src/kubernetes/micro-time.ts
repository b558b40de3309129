/** Kubernetes' MicroTime, which leases and events carry; our clocks have milliseconds. */
export function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
