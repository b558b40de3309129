import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createDelegatingCluster, type DelegatingCluster } from '../../../test/support/delegating-cluster.ts';
import { createManualClock, type ManualClock, silentLog } from '../../runtime/index.ts';
import type { CertificateSource } from './certificates.ts';
import { followCertificateFiles } from './file-certificates.ts';
import { keepCertificates, serviceNames } from './kept-certificates.ts';
import { defaultTimes, takeStep } from './rotation.ts';

const startMs = Date.UTC(2026, 0, 1);
const dayMs = 24 * 3600_000;
const path = '/api/v1/namespaces/system/secrets/wva-certificates';

async function keep(cluster: DelegatingCluster, clock: ManualClock): Promise<CertificateSource> {
  return await keepCertificates({
    client: cluster.client,
    clock,
    log: silentLog,
    namespace: 'system',
    secretName: 'wva-certificates',
    names: serviceNames({ namespace: 'system', name: 'wva' }),
    checkMs: dayMs / 2,
  });
}

/** Certificates are made by WebCrypto, off the event loop: a manual clock must be nudged until it is done. */
async function until<T>(clock: ManualClock, promise: Promise<T>): Promise<T> {
  const state = { done: false };
  const finished = promise.finally(() => (state.done = true));
  while (!state.done) {
    await clock.advance(0);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  return await finished;
}

it('gives instances that start together one and the same CA', async () => {
  const clock = createManualClock(startMs);
  const cluster = createDelegatingCluster(clock);
  const sources = await until(clock, Promise.all([keep(cluster, clock), keep(cluster, clock), keep(cluster, clock)]));
  expect(new Set(sources.map((source) => source.current().bundle)).size).toBe(1);
  expect(new Set(sources.map((source) => source.current().cert)).size).toBe(1);
  expect(Object.keys(cluster.objects.get(path)?.['data'] as object).toSorted()).toEqual(['ca.crt', 'ca.key', 'tls.crt', 'tls.key']);
  expect(cluster.objects.get(path)?.['type']).toBe('kubernetes.io/tls');
  await Promise.all(sources.map((source) => source.stop()));
});

it('renews on time, and tells its listeners; the other instance takes the same one', async () => {
  const clock = createManualClock(startMs);
  const cluster = createDelegatingCluster(clock);
  const [one, other] = await until(clock, Promise.all([keep(cluster, clock), keep(cluster, clock)]));
  const first = one.current();
  const heard: string[] = [];
  one.onChange(({ cert }) => heard.push(cert));
  await clock.advance(59 * dayMs);
  expect(one.current()).toBe(first);
  await clock.advance(2 * dayMs);
  await expect.poll(() => clock.advance(dayMs / 2).then(() => heard.length)).toBe(1);
  await expect.poll(() => clock.advance(dayMs / 2).then(() => other.current().cert)).toBe(one.current().cert);
  expect(one.current().bundle).toBe(first.bundle);
  expect(one.current().cert).toBe(heard[0]);
  expect(one.current().notAfterMs).toBeGreaterThan(first.notAfterMs + 59 * dayMs);
  await Promise.all([one.stop(), other.stop()]);
});

it('waits for an API server that is not there, and keeps what it has when it goes', async () => {
  const clock = createManualClock(startMs);
  const cluster = createDelegatingCluster(clock);
  cluster.reachable = false;
  const starting = keep(cluster, clock);
  await clock.advance(10_000);
  cluster.reachable = true;
  await clock.advance(2000);
  const source = await until(clock, starting);
  const { cert } = source.current();
  cluster.reachable = false;
  await clock.advance(10 * dayMs);
  expect(source.current().cert).toBe(cert);
  await source.stop();
});

it('fills a Secret that was made empty, and mends one that somebody broke, without losing what else is in it', async () => {
  const clock = createManualClock(startMs);
  const cluster = createDelegatingCluster(clock);
  cluster.objects.set(path, { metadata: { name: 'wva-certificates', resourceVersion: '7' }, type: 'Opaque', data: { note: 'aGk=', 'tls.crt': 'Z2FyYmFnZQ==' } });
  const source = await until(clock, keep(cluster, clock));
  const { data, type } = cluster.objects.get(path) as unknown as { data: Record<string, string>; type: string };
  expect(data['note']).toBe('aGk=');
  expect(type).toBe('Opaque');
  expect(Buffer.from(data['tls.crt'] ?? '', 'base64').toString()).toBe(source.current().cert);
  await source.stop();
});

it('takes the files of another issuer, and follows them once they belong together', async () => {
  const clock = createManualClock(startMs);
  const folder = mkdtempSync(join(tmpdir(), 'wva-files-'));
  try {
    const make = async (): Promise<{ cert: string; key: string; bundle: string }> => {
      const step = { kind: 'new authority', why: '' } as const;
      const made = await takeStep(step, undefined, ['localhost'], defaultTimes, startMs);
      if (made === undefined) throw new Error('nothing made');
      return made;
    };
    const [first, second] = [await make(), await make()];
    await expect(followCertificateFiles({ folder, clock, log: silentLog })).rejects.toThrow(/tls.crt/);
    writeFileSync(join(folder, 'tls.crt'), first.cert);
    writeFileSync(join(folder, 'tls.key'), first.key);
    const source = await followCertificateFiles({ folder, clock, log: silentLog });
    expect(source.current()).toMatchObject({ cert: first.cert });
    expect(source.current().bundle).toBeUndefined();
    const heard: string[] = [];
    source.onChange(({ cert }) => heard.push(cert));
    writeFileSync(join(folder, 'tls.crt'), second.cert);
    for (let i = 0; i < 3; i++) await clock.advance(10_000).then(() => new Promise((resolve) => setTimeout(resolve, 10)));
    expect(heard).toEqual([]);
    writeFileSync(join(folder, 'tls.key'), second.key);
    writeFileSync(join(folder, 'ca.crt'), second.bundle);
    await expect.poll(() => clock.advance(10_000).then(() => heard)).toEqual([second.cert]);
    expect(source.current().bundle).toBe(second.bundle);
    await source.stop();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
