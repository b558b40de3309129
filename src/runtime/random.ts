/** Chance, handed in: the same seed gives the same sequence on every machine. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Uniform integer in [0, bound). */
  integer(bound: number): number;
  /** Exponential with the given mean (inter-arrival times of a Poisson process). */
  exponential(mean: number): number;
  normal(mean: number, standardDeviation: number): number;
  /** A generator of its own, for a part whose draws must not disturb the others'. */
  fork(name: string): Random;
}

/** xoshiro128** seeded through splitmix32 from a text or number (Blackman and Vigna, 2018). */
export function createRandom(seed: string | number): Random {
  let hash = 0x811c9dc5;
  for (const char of String(seed)) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  let mix = hash >>> 0;
  const split = (): number => {
    mix = (mix + 0x9e3779b9) >>> 0;
    let z = mix;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
  let [a, b, c, d] = [split(), split(), split(), split()] as [number, number, number, number];
  const rotl = (x: number, k: number): number => ((x << k) | (x >>> (32 - k))) >>> 0;
  const bits = (): number => {
    const result = Math.imul(rotl(Math.imul(b, 5) >>> 0, 7), 9) >>> 0;
    const t = (b << 9) >>> 0;
    c = (c ^ a) >>> 0;
    d = (d ^ b) >>> 0;
    b = (b ^ c) >>> 0;
    a = (a ^ d) >>> 0;
    c = (c ^ t) >>> 0;
    d = rotl(d, 11);
    return result;
  };
  const random: Random = {
    next: () => ((bits() >>> 5) * 67108864 + (bits() >>> 6)) / 9007199254740992,
    integer: (bound) => Math.floor(random.next() * bound),
    exponential: (mean) => -mean * Math.log(1 - random.next()),
    normal(mean, standardDeviation) {
      const radius = Math.sqrt(-2 * Math.log(1 - random.next()));
      return mean + standardDeviation * radius * Math.cos(2 * Math.PI * random.next());
    },
    fork: (name) => createRandom(`${String(seed)}/${name}`),
  };
  return random;
}
