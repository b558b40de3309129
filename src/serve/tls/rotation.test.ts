import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { certificatesIn, defaultTimes, nextStep, type StoredCertificates, takeStep } from './rotation.ts';

const names = ['wva.system.svc', 'localhost', '127.0.0.1'];
const startMs = Date.UTC(2026, 0, 1);
const dayMs = 24 * 3600_000;

async function settled(stored: StoredCertificates | undefined, nowMs: number, wanted = names): Promise<{ stored: StoredCertificates; steps: string[] }> {
  const steps: string[] = [];
  let at = stored;
  for (;;) {
    const step = nextStep(at, wanted, defaultTimes, nowMs);
    if (step.kind === 'keep') return { stored: at as StoredCertificates, steps };
    steps.push(step.kind);
    at = await takeStep(step, at, wanted, defaultTimes, nowMs);
  }
}

/** Whether somebody who trusts `bundle` accepts the serving certificate at that moment. */
function accepts(bundle: string, stored: StoredCertificates, nowMs: number): boolean {
  const leaf = new X509Certificate(stored.cert);
  const inTime = (certificate: X509Certificate): boolean => certificate.validFromDate.getTime() <= nowMs && nowMs < certificate.validToDate.getTime();
  return inTime(leaf) && certificatesIn(bundle).some((pem) => {
    const authority = new X509Certificate(pem);
    return inTime(authority) && leaf.checkIssued(authority) && leaf.verify(authority.publicKey);
  });
}

it('begins with a CA and a certificate that is for every name', async () => {
  const { stored } = await settled(undefined, startMs);
  const leaf = new X509Certificate(stored.cert);
  expect([leaf.checkHost('wva.system.svc'), leaf.checkHost('localhost'), leaf.checkIP('127.0.0.1'), leaf.checkHost('else')]).toEqual(['wva.system.svc', 'localhost', '127.0.0.1', undefined]);
  expect(leaf.ca).toBe(false);
  expect(new X509Certificate(stored.bundle).ca).toBe(true);
  expect(accepts(stored.bundle, stored, startMs)).toBe(true);
});

it('renews a serving certificate while more than a third of its life is used and some is left', async () => {
  let { stored } = await settled(undefined, startMs);
  expect((await settled(stored, startMs + 59 * dayMs)).steps).toEqual([]);
  const renewed = await settled(stored, startMs + 61 * dayMs);
  expect(renewed.steps).toEqual(['new serving certificate']);
  stored = renewed.stored;
  expect(accepts(stored.bundle, stored, startMs + 61 * dayMs)).toBe(true);
});

it('is never refused by those who trust a bundle that is an hour old, through all rotations of twenty years', async () => {
  let stored: StoredCertificates | undefined;
  const kinds = new Set<string>();
  let bundles = 0;
  // the hours around each rotation matter, so the walk takes small steps whenever something has just happened
  let bundleAnHourAgo = '';
  for (let nowMs = startMs, calmHours = 0; nowMs < startMs + 20 * 365 * dayMs; ) {
    const { stored: next, steps }: { stored: StoredCertificates; steps: string[] } = await settled(stored, nowMs);
    for (const step of steps) kinds.add(step);
    if (bundleAnHourAgo !== '') expect(accepts(bundleAnHourAgo, next, nowMs), new Date(nowMs).toISOString()).toBe(true);
    bundles = Math.max(bundles, certificatesIn(next.bundle).length);
    stored = next;
    bundleAnHourAgo = next.bundle;
    calmHours = steps.length > 0 ? 0 : calmHours + 1;
    nowMs += calmHours < 4 ? 3600_000 : 7 * dayMs;
  }
  expect([...kinds].toSorted()).toEqual(['new authority', 'new serving certificate', 'retire authorities']);
  expect(bundles).toBe(2);
});

describe('what cannot be used is made anew', () => {
  it.each([
    ['a serving certificate that has ended', {}, startMs + 100 * dayMs, names, ['new serving certificate']],
    ['a CA that has ended', {}, startMs + 4000 * dayMs, names, ['new authority']],
    ['another name', {}, startMs, ['other.system.svc'], ['new serving certificate']],
    ['no PEM', { bundle: 'nonsense' }, startMs, names, ['new authority']],
    ['no key', { key: '' }, startMs, names, ['new authority']],
  ] as const)('%s', async (_what, broken, nowMs, wanted, steps) => {
    const { stored } = await settled(undefined, startMs);
    const mended = await settled({ ...stored, ...broken }, nowMs, [...wanted]);
    expect(mended.steps).toEqual(steps);
    expect(accepts(mended.stored.bundle, mended.stored, nowMs)).toBe(true);
  });

  it('the key of another CA', async () => {
    const [one, other] = [(await settled(undefined, startMs)).stored, (await settled(undefined, startMs)).stored];
    expect((await settled({ ...one, authorityKey: other.authorityKey }, startMs)).steps).toEqual(['new authority']);
  });
});
