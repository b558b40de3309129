/** The sentence of the genuine server shows this expression. */
export const quantityPattern = '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$';

const suffixes: Record<string, number> = {
  '': 1, n: 1e-9, u: 1e-6, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18,
  Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60,
};

/** The number behind a Kubernetes quantity; undefined when it is not one. */
export function parseQuantity(text: string): number | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))([numkMGTPE]|[KMGTPE]i|[eE][+-]?\d+)?$/.exec(text);
  if (!match) return undefined;
  const suffix = match[2] ?? '';
  if (/^[eE][+-]?\d/.test(suffix)) return Number(`${match[1]}${suffix}`);
  return Number(match[1]) * (suffixes[suffix] ?? 1);
}
