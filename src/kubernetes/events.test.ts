import { describe, expect, it } from 'vitest';
import type { KubernetesEvent } from '../wire/index.ts';
import { createManualClock, textResponse, type HttpRequest, type HttpResponse, type Log } from '../runtime/index.ts';
import { createKubernetesClient } from './client.ts';
import { createEventRecorder, type EventNote } from './events.ts';

function start(answer: (request: HttpRequest, count: number) => HttpResponse | Promise<HttpResponse> = () => textResponse(201, '{}')) {
  const clock = createManualClock(1_700_000_000_000);
  const sent: { method: string; path: string; event: KubernetesEvent }[] = [];
  const warnings: string[] = [];
  const log: Log = { debug() {}, info() {}, warn: (_, text) => warnings.push(text), error() {} };
  const transport = async (request: HttpRequest): Promise<HttpResponse> => {
    sent.push({ method: request.method, path: new URL(request.url).pathname, event: JSON.parse(request.body as string) as KubernetesEvent });
    return answer(request, sent.length);
  };
  const client = createKubernetesClient({ transport, baseUrl: 'http://k', clock });
  return { clock, sent, warnings, recorder: createEventRecorder({ client, clock, log, component: 'wva', instance: 'wva-0' }) };
}

const note: EventNote = {
  regarding: { apiVersion: 'llmd.ai/v1alpha1', kind: 'VariantAutoscaling', namespace: 'llm', name: 'decode', uid: 'u1' },
  type: 'Normal',
  reason: 'ScaledUp',
  action: 'Scale',
  note: '3 -> 5 Demand',
};

describe('an event', () => {
  it('is written as events.k8s.io/v1 demands', async () => {
    const { clock, sent, recorder } = start();
    recorder.record(note);
    await clock.advance(0);
    expect(sent).toEqual([
      {
        method: 'POST',
        path: '/apis/events.k8s.io/v1/namespaces/llm/events',
        event: {
          apiVersion: 'events.k8s.io/v1',
          kind: 'Event',
          metadata: { name: expect.stringMatching(/^decode\.[0-9a-f]{16}$/) as string, namespace: 'llm' },
          eventTime: '2023-11-14T22:13:20.000000Z',
          reportingController: 'wva',
          reportingInstance: 'wva-0',
          action: 'Scale',
          reason: 'ScaledUp',
          type: 'Normal',
          note: '3 -> 5 Demand',
          regarding: note.regarding,
        },
      },
    ]);
  });

  it('about an object without a namespace lives in "default", and a long note is cut at 1024 bytes, not in a character', async () => {
    const { clock, sent, recorder } = start();
    recorder.record({ ...note, regarding: { kind: 'Node', name: 'gpu-1' }, note: '€'.repeat(1000) });
    await clock.advance(0);
    expect(sent[0]?.path).toBe('/apis/events.k8s.io/v1/namespaces/default/events');
    const text = sent[0]?.event.note ?? '';
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1024);
    expect(text).toMatch(/^€+…$/);
  });

  it('that repeats becomes a series, written at most every half minute, and a new event after six quiet minutes', async () => {
    const { clock, sent, recorder } = start();
    for (let second = 0; second < 65; second++) {
      recorder.record(note);
      await clock.advance(1000);
    }
    await clock.advance(60_000);
    expect(sent.map(({ method, event }) => [method, event.series?.count])).toEqual([
      ['POST', undefined],
      ['PATCH', 31],
      ['PATCH', 61],
      ['PATCH', 65],
    ]);
    expect(sent[1]?.path).toBe(`/apis/events.k8s.io/v1/namespaces/llm/events/${sent[0]?.event.metadata?.name}`);
    await clock.advance(400_000);
    recorder.record(note);
    await clock.advance(0);
    expect(sent.at(-1)?.method).toBe('POST');
  });

  it('that repeats within a moment is one request with a count', async () => {
    const { clock, sent, recorder } = start();
    for (let i = 0; i < 5; i++) recorder.record(note);
    await clock.advance(0);
    expect(sent.map(({ method, event }) => [method, event.series?.count])).toEqual([['POST', 5]]);
  });

  it('beyond ten different ones of one object is dropped, then one in half a minute is let through; other objects have their own ten', async () => {
    const { clock, sent, recorder } = start();
    const say = (name: string, count: number): void => {
      for (let i = 0; i < count; i++) recorder.record({ ...note, regarding: { ...note.regarding, name, uid: name }, note: `${name} ${sent.length} ${i}` });
    };
    say('a', 30);
    say('b', 5);
    await clock.advance(0);
    expect(sent).toHaveLength(15);
    await clock.advance(60_000);
    say('a', 30);
    await clock.advance(0);
    expect(sent).toHaveLength(17);
  });
});

describe('trouble with events', () => {
  it('of the passing kind is outlived, in order', async () => {
    const { clock, sent, warnings, recorder } = start((_, count) => (count <= 3 ? Promise.reject(new Error('ECONNREFUSED')) : textResponse(201, '{}')));
    recorder.record(note);
    recorder.record({ ...note, note: 'another' });
    await clock.advance(60_000);
    expect(sent.map(({ event }) => event.note)).toEqual([note.note, 'another', note.note, 'another', note.note]);
    expect(warnings).toHaveLength(1);
  });

  it('of the lasting kind is one line in the log, and nothing is tried for ever', async () => {
    const forbidden = textResponse(403, '{"kind":"Status","code":403,"reason":"Forbidden"}');
    const { clock, sent, warnings, recorder } = start(() => ({ ...forbidden, body: textResponse(403, '{"kind":"Status","code":403,"reason":"Forbidden"}').body }));
    for (let i = 0; i < 5; i++) recorder.record({ ...note, note: `n${i}` });
    await clock.advance(600_000);
    expect(sent).toHaveLength(5);
    expect(warnings).toEqual([expect.stringContaining('Give the ServiceAccount the verb "create" on "events" of apiGroup "events.k8s.io"')]);
  });

  it('such as an event that the API server has forgotten: it is written anew', async () => {
    const gone = (): HttpResponse => textResponse(404, '{"kind":"Status","code":404,"reason":"NotFound","details":{"name":"x"}}');
    const { clock, sent, recorder } = start((request) => (request.method === 'PATCH' ? gone() : textResponse(201, '{}')));
    recorder.record(note);
    await clock.advance(0);
    recorder.record(note);
    await clock.advance(60_000);
    expect(sent.map(({ method, event }) => [method, event.series?.count])).toEqual([
      ['POST', undefined],
      ['PATCH', 2],
      ['POST', 2],
    ]);
  });

  it('such as an API server that hangs never blocks, and what waits is bounded', async () => {
    const { clock, sent, warnings, recorder } = start(() => new Promise(() => {}));
    for (let i = 0; i < 3000; i++) recorder.record({ ...note, regarding: { ...note.regarding, name: `o${i}`, uid: `${i}` } });
    await clock.advance(0);
    expect(sent).toHaveLength(1);
    expect(warnings.length).toBeGreaterThan(1900);
  });

  it('or not, flush sends all that waits, series included', async () => {
    const { sent, recorder } = start();
    recorder.record(note);
    await recorder.flush();
    recorder.record(note);
    recorder.record(note);
    await recorder.flush();
    expect(sent.map(({ method, event }) => [method, event.series?.count])).toEqual([
      ['POST', undefined],
      ['PATCH', 3],
    ]);
  });
});
