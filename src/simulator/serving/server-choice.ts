import type { Random } from '../../runtime/index.ts';
import type { InferenceRequest } from './request.ts';
import { believedWaiting, loadOf } from './routed-server.ts';
import type { RoutedServer } from './routed-server.ts';

export type RoutingPolicy = 'least-loaded' | 'round-robin' | 'scored';

/** Picks one of several servers that could all take a request; there is at least one. */
export type ServerChoice = (servers: readonly RoutedServer[], request: InferenceRequest) => RoutedServer;

export function createServerChoice(policy: RoutingPolicy, random: Random | undefined): ServerChoice {
  if (policy === 'round-robin') return roundRobin();
  if (policy === 'scored') return (servers, request) => best(servers, scores(servers, request), random);
  return (servers) => best(servers, servers.map((server) => -loadOf(server)), random);
}

function roundRobin(): ServerChoice {
  let next = 0;
  return (servers) => servers[next++ % servers.length] as RoutedServer;
}

// Weights of llm-d's guides for its scheduler (queue-scorer, kv-cache-utilization-scorer, prefix-cache-scorer).
const queueWeight = 2;
const kvWeight = 2;
const prefixWeight = 3;

/**
 * The inference extension's scorers, each 0 to 1: the shortest queue among the servers is 1 and the longest 0 (all 1 when they are
 * equal), free KV cache, and the part of the prompt that was sent there before.
 */
export function scores(servers: readonly RoutedServer[], request: InferenceRequest): readonly number[] {
  let shortest = Infinity;
  let longest = 0;
  for (const server of servers) {
    shortest = Math.min(shortest, believedWaiting(server));
    longest = Math.max(longest, believedWaiting(server));
  }
  return servers.map((server) => {
    const queue = longest === shortest ? 1 : (longest - believedWaiting(server)) / (longest - shortest);
    return queueWeight * queue + kvWeight * (1 - server.kvUsedFraction) + prefixWeight * server.prefixes.match(request);
  });
}

/** The one with the highest score; of equals any by chance, or the first. */
function best(servers: readonly RoutedServer[], values: readonly number[], random: Random | undefined): RoutedServer {
  let found = 0;
  let equals = 1;
  for (let index = 1; index < servers.length; index++) {
    const difference = (values[index] as number) - (values[found] as number);
    if (difference < 0) continue;
    equals = difference > 0 ? 1 : equals + 1;
    if (difference > 0 || (random !== undefined && random.integer(equals) === 0)) found = index;
  }
  return servers[found] as RoutedServer;
}
