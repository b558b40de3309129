/** One of several parts of a grid, counted from 0 as `JOB_COMPLETION_INDEX` does. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Reads `2/8`. `undefined` where it is not one: the index is below the count. */
export function parseShard(text: string): Shard | undefined {
  const [, index, count] = /^(\d{1,5})\/(\d{1,5})$/.exec(text) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  return index !== undefined && shard.index < shard.count ? shard : undefined;
}

/** Whether the thing of this name belongs to the shard. Depends on the name alone, so every machine agrees without asking. */
export function isInShard(name: string, { index, count }: Shard): boolean {
  // FNV-1a, then a mix, because its low bits alone are not spread well over names that differ in the last digit
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) % count === index;
}
