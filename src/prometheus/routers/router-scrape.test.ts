import { describe, expect, it } from 'vitest';
import { createManualClock, textResponse, TransportError, type HttpResponse } from '../../runtime/index.ts';
import type { RouterAddress } from '../source.ts';
import { createRouterScrape } from './router-scrape.ts';

const signal = new AbortController().signal;
const router = (index: number, ports: readonly number[] = [9090]): RouterAddress => ({ namespace: 'models', pod: `epp-${index}`, uid: `uid-${index}`, ip: `10.0.1.${index}`, ports });
const page = (requests: number, queued: number): string =>
  `llm_d_epp_request_total{model_name="m",target_model_name="m"} ${requests}\nllm_d_epp_flow_control_queue_size{model_name="m",target_model_name="m"} ${queued}\n`;

function world(answer: (url: string, look: number) => HttpResponse, headers?: () => Promise<Record<string, string>>) {
  const clock = createManualClock(1_000_000);
  const asked: { url: string; authorization: string | undefined }[] = [];
  let looks = 0;
  const scrape = createRouterScrape({
    clock,
    podTimeoutMs: 3000, collectTimeoutMs: 10_000, maxBytes: 1024 * 1024, concurrency: 4, windowMs: 60_000,
    ...(headers && { headers }),
    transport: async (request) => {
      asked.push({ url: request.url, authorization: request.headers?.['authorization'] });
      return answer(request.url, looks);
    },
  });
  const look = async (routers: readonly RouterAddress[]): ReturnType<typeof scrape.collect> => {
    await clock.advance(15_000);
    looks += 1;
    return scrape.collect(routers, signal);
  };
  return { asked, look };
}

describe('asking routers', () => {
  it('tells what waits and arrives, over all routers of a model', async () => {
    const { look } = world((url, at) => textResponse(200, url.includes('10.0.1.1') ? page(30 * at, at) : page(15 * at, 2)));
    await look([router(1), router(2)]);
    const { models, problems } = await look([router(1), router(2)]);
    expect(problems).toEqual([]);
    expect(models).toMatchObject([{ namespace: 'models', modelName: 'm', router: { waiting: { value: 4 }, arrivalsPerSecond: { value: (31 + 15) / 15 }, running: { why: 'NotReported' } } }]);
  });

  it('tells nothing of a model while one of its routers is silent, and says why', async () => {
    const { look } = world((url, at) => {
      if (at > 1 && url.includes('10.0.1.2')) throw new TransportError('Unreachable', 'refused');
      return textResponse(200, page(30 * at, 1));
    });
    await look([router(1), router(2)]);
    const { models, problems } = await look([router(1), router(2)]);
    expect(models).toMatchObject([{ modelName: 'm', router: { waiting: { kind: 'missing', why: 'Unreachable' } } }]);
    expect(problems).toMatchObject([{ about: 'models/epp-2', message: expect.stringContaining('What waits in it is unknown') as string }]);
    // a router that is gone is no part of the sum
    expect((await look([router(1)])).models).toMatchObject([{ router: { waiting: { value: 1 } } }]);
  });

  it('tries the ports in turn, with the token of the moment, and says what to do where it may not read', async () => {
    const { look, asked } = world((url) => (url.includes(':9091/') ? textResponse(404, '') : textResponse(401, 'Unauthorized')), async () => ({ authorization: 'Bearer t' }));
    const { problems } = await look([router(1, [9091, 9090])]);
    expect(asked).toEqual([9091, 9090].map((port) => ({ url: `http://10.0.1.1:${port}/metrics`, authorization: 'Bearer t' })));
    expect(problems).toMatchObject([{ message: expect.stringMatching(/HTTP status 401.*metrics-endpoint-auth=false/) as string }]);
  });

  it('makes no problem of a router before its first request, and does not use half a page', async () => {
    expect(await world(() => textResponse(200, 'inference_extension_info{commit="x"} 1\n')).look([router(1)])).toEqual({ models: [], problems: [] });
    const half = await world(() => textResponse(200, page(1, 1).slice(0, -5))).look([router(1)]);
    expect(half).toMatchObject({ models: [], problems: [{ message: expect.stringContaining('could not be read whole') as string }] });
  });

  it('takes a whole page without a metric of a router for one before its first request, whichever port shows it', async () => {
    const { look } = world((url, at) => (url.includes(':9091/') ? textResponse(200, 'up 1\n') : textResponse(200, at > 1 ? 'llm_d_epp_request_error_total{error_code="ServiceUnavailable",model_name="m",target_model_name=""} 3\n' : 'up 1\n')));
    const one = router(1, [9091, 9090]);
    expect(await look([one])).toEqual({ models: [], problems: [] });
    expect((await look([one])).models).toMatchObject([{ modelName: 'm', router: { arrivalsPerSecond: { kind: 'fresh', value: 3 / 15 } } }]);
  });

  it('hears of a port that refuses although another one shows the page of something else', async () => {
    const { look } = world((url) => (url.includes(':9091/') ? textResponse(200, 'up 1\n') : textResponse(403, 'Forbidden')));
    expect((await look([router(1, [9091, 9090])])).problems).toMatchObject([{ message: expect.stringContaining('HTTP status 403') as string }]);
  });

  it('asks without a token where it cannot be read', async () => {
    const { look, asked } = world(() => textResponse(200, page(1, 1)), async () => {
      throw new Error('no such file');
    });
    expect((await look([router(1)])).problems).toMatchObject([{ about: 'credentials' }]);
    expect(asked).toMatchObject([{ authorization: undefined }]);
  });
});
