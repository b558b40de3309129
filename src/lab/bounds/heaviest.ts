/** The heaviest of any number of things in little memory: buckets grow by 2 %, and each counts as the heaviest that it may hold. */
export interface Heaviest {
  add(weight: number): void;
  /** At least what the heaviest `count` of them weigh together, by 2 % at most more. */
  of(count: number): number;
}

const growth = Math.log(1.02);
const lightest = 1e-6;

export function createHeaviest(): Heaviest {
  const buckets: number[] = [];
  return {
    add(weight) {
      const index = Math.max(0, Math.ceil(Math.log(Math.max(weight, lightest) / lightest) / growth));
      while (buckets.length <= index) buckets.push(0);
      buckets[index] = (buckets[index] ?? 0) + 1;
    },
    of(count) {
      let left = count;
      let weight = 0;
      for (let index = buckets.length - 1; index >= 0 && left > 0; index--) {
        const taken = Math.min(left, buckets[index] ?? 0);
        weight += taken * lightest * Math.exp((index + 1e-9) * growth);
        left -= taken;
      }
      return weight;
    },
  };
}
