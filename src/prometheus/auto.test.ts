import { describe, expect, it } from 'vitest';
import { fresh, type Problem, type Reading } from '../model/index.ts';
import { createManualClock } from '../runtime/index.ts';
import { createAutoSource } from './auto.ts';
import type { PrometheusLook, PrometheusSource } from './query/source.ts';
import type { MetricSource, PodAddress, PodSample, Samples } from './source.ts';
import { nothingRead } from './window/readings.ts';

const signal = new AbortController().signal;
const nowMs = 1_000_000;
const pods: readonly PodAddress[] = ['known', 'silent', 'old'].map((pod) => ({ namespace: 'm', pod, uid: pod, ip: '10.0.0.1', ports: [8000], engine: 'vllm', modelID: 'x' }));

function sample(pod: PodAddress, running: Reading | undefined): PodSample {
  const nothing = nothingRead('NotReported', 'nothing');
  return { namespace: pod.namespace, pod: pod.pod, readings: running ? { ...nothing, running } : nothing };
}

function answering(known: Readonly<Record<string, Reading>>, problems: readonly Problem[] = []): PrometheusSource & { asked: string[] } {
  const asked: string[] = [];
  const look = async (these: readonly PodAddress[]): Promise<PrometheusLook> => {
    asked.push(...these.map(({ pod }) => pod));
    return { atMs: nowMs, pods: these.map((pod) => sample(pod, known[pod.pod])), problems, silent: these.filter(({ pod }) => !known[pod]), silentRouters: [] };
  };
  return { asked, look, collect: async (these): Promise<Samples> => look(these) };
}

function runningOf({ pods: seen }: Samples): unknown[] {
  return seen.map(({ readings }) => (readings.running.kind === 'missing' ? readings.running.why : readings.running.value));
}

describe('Prometheus first, the pods themselves where it knows nothing', () => {
  const clock = createManualClock(nowMs);

  it('asks those pods that are silent in Prometheus or were seen too long ago, and no others', async () => {
    const prometheus = answering({ known: fresh(1, nowMs - 10_000), old: fresh(3, nowMs - 61_000) });
    const scrape = answering({ silent: fresh(2, nowMs), old: fresh(4, nowMs) });
    const samples = await createAutoSource({ prometheus, scrape, clock }).collect(pods, signal);
    expect(runningOf(samples)).toEqual([1, 2, 4]);
    expect(scrape.asked).toEqual(['silent', 'old']);
    expect(samples.problems).toEqual([]);
  });

  it('keeps old news where the pod itself says nothing', async () => {
    const problem: Problem = { source: 'scrape', about: 'm/old', message: 'The metrics of pod m/old: refused.' };
    const samples = await createAutoSource({ prometheus: answering({ known: fresh(1, nowMs), old: fresh(3, nowMs - 61_000) }), scrape: answering({}, [problem]), clock }).collect(pods, signal);
    expect(runningOf(samples)).toEqual([1, 'NotReported', 3]);
    expect(samples.problems).toEqual([problem]);
  });

  it('asks every pod when Prometheus cannot be asked, and still says so', async () => {
    const problem: Problem = { source: 'prometheus', about: 'http://p', message: 'Prometheus at http://p could not be reached.' };
    const samples = await createAutoSource({ prometheus: answering({}, [problem]), scrape: answering({ known: fresh(1, nowMs), silent: fresh(2, nowMs), old: fresh(3, nowMs) }), clock }).collect(pods, signal);
    expect(runningOf(samples)).toEqual([1, 2, 3]);
    expect(samples.problems).toEqual([problem]);
  });

  it('asks no pod when Prometheus knows them all, and every pod when there is no Prometheus', async () => {
    const scrape = answering({});
    await createAutoSource({ prometheus: answering({ known: fresh(1, nowMs), silent: fresh(1, nowMs), old: fresh(1, nowMs) }), scrape, clock }).collect(pods, signal);
    expect(scrape.asked).toEqual([]);
    const alone: MetricSource = createAutoSource({ scrape, clock });
    await alone.collect(pods, signal);
    expect(scrape.asked).toEqual(['known', 'silent', 'old']);
  });
});
