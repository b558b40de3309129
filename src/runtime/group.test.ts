import { expect, it } from 'vitest';
import { createManualClock } from './clock.ts';
import { startGroup, type Part } from './group.ts';
import { silentLog } from './log.ts';

function part(name: string, said: string[], change: Partial<Part> = {}): Part {
  return {
    name,
    start: () => {
      said.push(`+${name}`);
      return () => void said.push(`-${name}`);
    },
    ...change,
  };
}

const tools = () => ({ clock: createManualClock(), log: silentLog });

it('starts in order and stops in reverse, once', async () => {
  const said: string[] = [];
  const group = await startGroup([part('a', said), part('b', said), part('c', said)], tools());
  await Promise.all([group.stop(), group.stop()]);
  expect(said).toEqual(['+a', '+b', '+c', '-c', '-b', '-a']);
});

it('stops what was started when a later part fails', async () => {
  const said: string[] = [];
  const broken = part('b', said, { start: () => Promise.reject(new Error('no port')) });
  await expect(startGroup([part('a', said), broken, part('c', said)], tools())).rejects.toThrow('no port');
  expect(said).toEqual(['+a', '-a']);
});

it('leaves a part behind that fails or hangs while stopping', async () => {
  const said: string[] = [];
  const { clock, log } = tools();
  const hangs = part('b', said, { start: () => () => new Promise<void>(() => {}) });
  const fails = part('c', said, { start: () => () => Promise.reject(new Error('broken')) });
  const group = await startGroup([part('a', said), hangs, fails], { clock, log, stopTimeoutMs: 100 });
  const stopped = group.stop();
  await clock.advance(100);
  await stopped;
  expect(said).toEqual(['+a', '-a']);
});

it('gives up starting when its signal ends it', async () => {
  const said: string[] = [];
  const stop = new AbortController();
  const last = part('b', said, {
    start: async (signal) => {
      stop.abort(new Error('SIGTERM'));
      signal.throwIfAborted();
    },
  });
  await expect(startGroup([part('a', said), last, part('c', said)], { ...tools(), signal: stop.signal })).rejects.toThrow('SIGTERM');
  expect(said).toEqual(['+a', '-a']);
});
