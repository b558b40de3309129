/** A queue in its steady state. Times are in the unit of the rates. */
export interface SteadyState {
  /** By how many are there. */
  readonly probabilities: Float64Array;
  readonly inSystem: number;
  readonly inService: number;
  /** Of the arrivals, those that find a place. */
  readonly throughput: number;
  readonly responseTime: number;
  readonly serviceTime: number;
  readonly waitTime: number;
}

const large = 1e150;

/**
 * A chain of births and deaths: arrivals at one rate, `departures[n - 1]` with n in service, as many in service as there are such rates, and `waitingPlaces` beside them; who finds none is turned
 * away. It always has a steady state, whatever the load. One rate is M/M/1/K.
 */
export function steadyState(departures: readonly number[], waitingPlaces: number, arrivals: number): SteadyState {
  const servers = departures.length;
  const places = servers + waitingPlaces;
  const probabilities = new Float64Array(places + 1);
  probabilities[0] = 1;
  let total = 1;
  for (let n = 1; n <= places; n++) {
    const next = (probabilities[n - 1] as number) * (arrivals / (departures[Math.min(n, servers) - 1] as number));
    probabilities[n] = next;
    total += next;
    // far beyond what is served the terms grow without end, and only their ratios count
    if (next > large) {
      for (let index = 0; index <= n; index++) probabilities[index] = (probabilities[index] as number) / next;
      total /= next;
    }
  }
  let [inSystem, inService] = [0, 0];
  for (let n = 0; n <= places; n++) {
    const probability = (probabilities[n] as number) / total;
    probabilities[n] = probability;
    inSystem += n * probability;
    inService += Math.min(n, servers) * probability;
  }
  const throughput = arrivals * (1 - (probabilities[places] as number));
  const responseTime = inSystem / throughput;
  const serviceTime = inService / throughput;
  return { probabilities, inSystem, inService, throughput, responseTime, serviceTime, waitTime: Math.max(0, responseTime - serviceTime) };
}
