import type { Engine } from './engine.ts';
import { createPrefixMemory } from './prefix-memory.ts';
import type { PrefixMemory } from './prefix-memory.ts';

/** A server as its router knows it. */
export interface RoutedServer {
  readonly name: string;
  readonly engine: Engine;
  /** What was sent there lately, by the router's own memory. */
  readonly prefixes: PrefixMemory;
  /** What its page said when it was last looked at, and how many requests went there since. */
  waiting: number;
  kvUsedFraction: number;
  sentSince: number;
}

export function createRoutedServer(name: string, engine: Engine): RoutedServer {
  return { name, engine, prefixes: createPrefixMemory(), waiting: 0, kvUsedFraction: 0, sentSince: 0 };
}

/** Requests in a server at this moment, those included that a prefill server still works on for it. */
export function loadOf({ engine }: RoutedServer): number {
  return engine.running() + engine.waiting() + engine.expected();
}

/** Waiting ones as the router believes: what it has sent since it looked may wait too. */
export function believedWaiting(server: RoutedServer): number {
  return server.waiting + server.sentSince;
}

export function lookAt(server: RoutedServer): void {
  server.waiting = server.engine.waiting();
  server.kvUsedFraction = server.engine.kvUsedFraction();
  server.sentSince = 0;
}

const queueDepthThreshold = 5;
const kvUsedThreshold = 0.8;

/** The published detector of the Gateway API inference extension, at its defaults. */
export function isSaturated(server: RoutedServer): boolean {
  return believedWaiting(server) > queueDepthThreshold || server.kvUsedFraction > kvUsedThreshold;
}
