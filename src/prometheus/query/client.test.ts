import { describe, expect, it } from 'vitest';
import { createManualClock, textResponse, type HttpRequest } from '../../runtime/index.ts';
import { createPrometheusClient } from './client.ts';

const signal = new AbortController().signal;

function recording(baseUrl: string): { asked: HttpRequest[]; client: ReturnType<typeof createPrometheusClient> } {
  const asked: HttpRequest[] = [];
  const client = createPrometheusClient({
    baseUrl,
    clock: createManualClock(),
    headers: async () => ({ authorization: 'Bearer x' }),
    transport: async (request) => {
      asked.push(request);
      return textResponse(200, '{"status":"success","data":{"resultType":"matrix","result":[]}}');
    },
  });
  return { asked, client };
}

describe('the addresses that are asked', () => {
  it.each(['https://thanos:9091/tenant/a', 'https://thanos:9091/tenant/a/'])('keep the prefix of %s and escape the query', async (baseUrl) => {
    const { asked, client } = recording(baseUrl);
    await client.instant('up{job="a b"} + 1', { signal, atMs: 1500 });
    const url = new URL(asked[0]?.url ?? '');
    expect(url.origin + url.pathname).toBe('https://thanos:9091/tenant/a/api/v1/query');
    expect(Object.fromEntries(url.searchParams)).toEqual({ query: 'up{job="a b"} + 1', time: '1.5', timeout: '10000ms' });
    expect(asked[0]).toMatchObject({ method: 'GET', headers: { authorization: 'Bearer x', accept: 'application/json' } });
  });

  it('give a range its ends and its step in seconds', async () => {
    const { asked, client } = recording('http://p');
    await client.range('up', { signal, fromMs: 1000, toMs: 61_500, stepMs: 15_000 });
    const url = new URL(asked[0]?.url ?? '');
    expect(url.pathname).toBe('/api/v1/query_range');
    expect(Object.fromEntries(url.searchParams)).toEqual({ query: 'up', start: '1', end: '61.5', step: '15', timeout: '10000ms' });
  });

  it('leave the time to Prometheus where none is given', async () => {
    const { asked, client } = recording('http://p');
    await client.instant('up', { signal });
    expect(new URL(asked[0]?.url ?? '').searchParams.has('time')).toBe(false);
  });
});
