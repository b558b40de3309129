import { assert } from '../../base/index.ts';

// Waiting times of classical queues, in units of the mean service time. Rates so that the load of one server is `load`, 0 < load < 1.

/** Mean wait in M/M/1 (exponential service): load / (1 - load). */
export function waitOfMM1(load: number): number {
  return load / (1 - load);
}

/** Mean wait in M/D/1 (constant service), by Pollaczek and Khinchine: half of M/M/1's. */
export function waitOfMD1(load: number): number {
  return load / (2 * (1 - load));
}

/** Probability that all of `servers` are busy (Erlang's C formula), `load` of each. */
export function erlangC(servers: number, load: number): number {
  assert(servers >= 1 && load < 1, `Erlang's C needs a server and a load below 1, not ${servers} and ${load}.`);
  const offered = servers * load;
  // Erlang's B by its recursion, then C from it: no factorials that overflow
  let blocking = 1;
  for (let server = 1; server <= servers; server++) blocking = (offered * blocking) / (server + offered * blocking);
  return blocking / (1 - load * (1 - blocking));
}

/** Mean wait in M/M/c. */
export function waitOfMMc(servers: number, load: number): number {
  return erlangC(servers, load) / (servers * (1 - load));
}
