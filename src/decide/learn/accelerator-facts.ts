/** What a data sheet says of one accelerator. Only ratios of these are used, to guess a law before replicas have shown it. */
export interface AcceleratorFacts {
  /** Bytes. */
  readonly memory: number;
  /** Bytes per second. */
  readonly bandwidth: number;
  /** Dense 16-bit operations per second. */
  readonly flops: number;
}

// Data sheets: NVIDIA A10, A100 SXM 80 GB, H100 SXM, H200 SXM, B200, L4, L40S; AMD MI300X, MI325X; Intel Gaudi 2 and 3.
const facts: Readonly<Record<string, AcceleratorFacts>> = {
  A10: { memory: 24e9, bandwidth: 0.6e12, flops: 125e12 },
  A100: { memory: 85.9e9, bandwidth: 2.039e12, flops: 312e12 },
  B200: { memory: 192e9, bandwidth: 8e12, flops: 2250e12 },
  'Gaudi-2': { memory: 96e9, bandwidth: 2.45e12, flops: 432e12 },
  'Gaudi-3': { memory: 128e9, bandwidth: 3.7e12, flops: 1835e12 },
  H100: { memory: 85.5e9, bandwidth: 3.35e12, flops: 989e12 },
  H200: { memory: 141e9, bandwidth: 4.8e12, flops: 989e12 },
  L4: { memory: 24e9, bandwidth: 0.3e12, flops: 121e12 },
  L40S: { memory: 48.3e9, bandwidth: 0.864e12, flops: 362e12 },
  MI300X: { memory: 206e9, bandwidth: 5.3e12, flops: 1307e12 },
  MI325X: { memory: 275e9, bandwidth: 6e12, flops: 1307e12 },
};

/** A middling accelerator of a data center, for names that nobody knows. */
const typical: AcceleratorFacts = { memory: 80e9, bandwidth: 2.5e12, flops: 650e12 };

/** By the short name of the accelerator; longer names are taken by their first word (`A100-80GB`, `A100-MIG-1g.5gb`). */
export function factsOf(accelerator: string): { readonly facts: AcceleratorFacts; readonly known: boolean } {
  const exact = facts[accelerator] ?? facts[accelerator.toUpperCase()] ?? facts[accelerator.split(/[-_ ]/)[0]?.toUpperCase() ?? ''];
  return exact === undefined ? { facts: typical, known: false } : { facts: exact, known: true };
}
