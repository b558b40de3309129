import { bodyText } from './http-body.ts';
import type { Clock, HttpRequest, HttpResponse } from '../../runtime/index.ts';
import { textResponse } from '../../runtime/index.ts';
import type { ClockedAgenda } from '../agenda.ts';
import type { Engine } from '../serving/engine.ts';
import { writeMetricsPage } from '../serving/metrics-page.ts';
import type { InferenceRequest } from '../serving/request.ts';
import type { MetricNames } from '../serving/vllm-page.ts';

/** What may be wrong with a server's metrics page. */
export type PageFault = 'slow' | 'garbage' | 'huge' | 'hangs' | 'refuses';

/** The HTTP face of one engine: /metrics, /health, /v1/models and /v1/completions. */
export interface ModelServer {
  readonly engine: Engine;
  handle(request: HttpRequest): Promise<HttpResponse>;
  breakPage(fault: PageFault | undefined): void;
}

const slowMs = 30_000;
const hugeBytes = 32 * 1024 * 1024;

export function createModelServer(options: {
  readonly engine: Engine;
  readonly agenda: ClockedAgenda;
  readonly clock: Clock;
  readonly metricNames?: MetricNames;
  readonly nextRequestId: () => number;
  /** Told of the requests that come by HTTP, so that they are counted like all others. */
  readonly onAccepted?: (request: InferenceRequest) => void;
  readonly onEnded?: (request: InferenceRequest) => void;
}): ModelServer {
  const { engine, agenda, clock } = options;
  let pageFault: PageFault | undefined;

  async function metrics(request: HttpRequest): Promise<HttpResponse> {
    const headers = { 'content-type': 'text/plain; version=1.0.0; charset=utf-8' };
    if (pageFault === 'refuses') return textResponse(503, 'Service Unavailable', { 'content-type': 'text/plain' });
    if (pageFault === 'garbage') return textResponse(200, '<html>{vllm: \u0000 not an exposition "\nnum 1 2 3 4', headers);
    if (pageFault === 'huge') return { status: 200, headers, body: endlessComment(hugeBytes) };
    if (pageFault === 'hangs') await clock.sleep(86_400_000, request.signal);
    if (pageFault === 'slow') await clock.sleep(slowMs, request.signal);
    agenda.catchUp();
    return textResponse(200, writeMetricsPage(engine, options.metricNames), headers);
  }

  async function complete(request: HttpRequest): Promise<HttpResponse> {
    const asked = parseCompletion(bodyText(request));
    if (asked === undefined) return failure(400, 'The body must be JSON with a prompt.');
    if (asked.model !== undefined && asked.model !== engine.profile.modelID) {
      return failure(404, `The model \`${asked.model}\` does not exist.`);
    }
    agenda.catchUp();
    const { promptTokens, maxTokens } = asked;
    return new Promise((resolve) => {
      const inference: InferenceRequest = {
        id: options.nextRequestId(),
        modelID: engine.profile.modelID,
        arrivedAtMs: agenda.now(),
        promptTokens,
        generationTokens: maxTokens,
        onEnd: (ended) => {
          options.onEnded?.(ended);
          const { ending, id } = ended;
          if (ending !== 'completed') resolve(failure(503, 'The server went away before it had answered.'));
          else resolve(json(200, completion(engine.profile.modelID, id, promptTokens, maxTokens, clock.now())));
        },
      };
      if (engine.submit(inference)) options.onAccepted?.(inference);
      else {
        resolve(failure(400, `This model's maximum context length is ${engine.profile.maxModelTokens} tokens.`));
      }
    });
  }

  return {
    engine,
    async handle(request) {
      const { pathname } = new URL(request.url);
      if (pathname === '/metrics' && request.method === 'GET') return metrics(request);
      if (pathname === '/health' && request.method === 'GET') return textResponse(200, '');
      if (pathname === '/v1/models' && request.method === 'GET') {
        return json(200, { object: 'list', data: [{ id: engine.profile.modelID, object: 'model', owned_by: 'vllm' }] });
      }
      if (pathname === '/v1/completions' && request.method === 'POST') return complete(request);
      return json(404, { detail: 'Not Found' });
    },
    breakPage(fault) {
      pageFault = fault;
    },
  };
}

/** A word is about 4/3 tokens: near enough for a server whose answers are dots. */
function parseCompletion(body: string): { model?: string; promptTokens: number; maxTokens: number } | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || !('prompt' in parsed) || typeof parsed.prompt !== 'string') return undefined;
  const maxTokens = 'max_tokens' in parsed && Number.isInteger(parsed.max_tokens) ? Math.max(1, Number(parsed.max_tokens)) : 16;
  const promptTokens = Math.max(1, Math.ceil((parsed.prompt.split(/\s+/).length * 4) / 3));
  return 'model' in parsed && typeof parsed.model === 'string'
    ? { model: parsed.model, promptTokens, maxTokens }
    : { promptTokens, maxTokens };
}

function completion(model: string, id: number, promptTokens: number, tokens: number, nowMs: number): object {
  return {
    id: `cmpl-${id}`,
    object: 'text_completion',
    created: Math.floor(nowMs / 1000),
    model,
    choices: [{ index: 0, text: ' .'.repeat(tokens), logprobs: null, finish_reason: 'length' }],
    usage: { prompt_tokens: promptTokens, completion_tokens: tokens, total_tokens: promptTokens + tokens },
  };
}

function json(status: number, value: object): HttpResponse {
  return textResponse(status, JSON.stringify(value), { 'content-type': 'application/json' });
}

function failure(status: number, message: string): HttpResponse {
  return json(status, { error: { message, type: status < 500 ? 'BadRequestError' : 'ServiceUnavailable', code: status } });
}

async function* endlessComment(bytes: number): AsyncIterable<Uint8Array> {
  const chunk = new TextEncoder().encode(`# ${'x'.repeat(65_533)}\n`);
  for (let sent = 0; sent < bytes; sent += chunk.byteLength) yield chunk;
}
