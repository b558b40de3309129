const decimalSuffixes: Readonly<Record<string, number>> = {
  n: 1e-9, u: 1e-6, m: 1e-3, '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18,
};
const binarySuffixes: Readonly<Record<string, number>> = {
  Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60,
};

/** A Kubernetes quantity as a number, or `undefined` when the text is none. */
export function parseQuantity(text: string | number): number | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([KMGTPE]i|[numkMGTPE])?)$/.exec(String(text).trim());
  if (!match) return undefined;
  const [, digits = '', exponent = '', suffix = ''] = match;
  return Number(`${digits}${exponent}`) * (binarySuffixes[suffix] ?? decimalSuffixes[suffix] ?? 1);
}
