/** Letters that make no words, as Kubernetes uses them for the ends of names. */
const letters = 'bcdfghjklmnpqrstvwxz2456789';

/** A short name for a pod template: equal templates have equal hashes, whatever the order of their fields. */
export function templateHash(template: unknown): string {
  let [low, high] = [0x811c9dc5, 0xcbf29ce4];
  for (const char of canonical(template)) {
    const code = char.codePointAt(0) ?? 0;
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x85ebca6b) ^ (low >>> 15);
  }
  let left = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
  let text = '';
  for (let digit = 0; digit < 10; digit++) {
    text += letters[Number(left % 27n)];
    left /= 27n;
  }
  return text;
}

/** A random end of a name, of five letters. */
export function nameSuffix(integer: (bound: number) => number): string {
  return Array.from({ length: 5 }, () => letters[integer(letters.length)]).join('');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return `{${entries
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`)
    .join(',')}}`;
}
