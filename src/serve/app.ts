import { fastify, type FastifyInstance } from 'fastify';
import type { ServerOptions as TlsServerOptions } from 'node:https';
import type { Log, Meters } from '../runtime/index.ts';
import type { Guard } from './access/guard.ts';
import type { DecisionSource } from './decisions/decision-source.ts';
import { addDecisions } from './decisions/routes.ts';
import { contentTypes, negotiateFormat } from './exposition/negotiation.ts';
import type { Exposition } from './exposition/renderer.ts';
import type { Answerer } from './external-metrics/answer.ts';
import { addExternalMetrics, wishOf } from './external-metrics/routes.ts';
import { type Refusal, refusalBody, refusals } from './external-metrics/status.ts';
import type { Readiness } from './readiness.ts';
import type { SeriesSource } from './series-source.ts';

export interface AppParts {
  readonly source: SeriesSource;
  leading(): boolean;
  readiness(): Readiness;
  readonly exposition: Exposition;
  readonly meters: Meters;
  readonly log: Log;
  readonly version: string;
  /** Absent: everybody may ask everything (loopback, or this process itself). */
  readonly guard?: Guard;
  /** Whether /metrics shows the replica series beside the controller's own meters. */
  readonly replicaSeries: boolean;
  /** Absent: the external metrics API is not served. */
  readonly answer?: Answerer;
  /** Absent: nobody is told what was decided lately. */
  readonly decisions?: DecisionSource;
  /** What /configz shows, as JSON; absent where there is nothing to show. */
  readonly configuration?: () => object;
  readonly https?: TlsServerOptions;
}

/** Idle connections stay longer than those of Go clients (90 s), so that it is never we who cut one that is about to be used. */
const keepAliveMs = 120_000;

/** Health alone, for the kubelet. */
export function createHealthApp(parts: Pick<AppParts, 'readiness'>): FastifyInstance {
  const app = fastify({ forceCloseConnections: 'idle' });
  addHealth(app, parts);
  return app;
}

/** /metrics, the external metrics API, the last decisions and health; with a guard, everything but health asks it. */
export function createApp(parts: AppParts): FastifyInstance {
  const { guard, log } = parts;
  // The two kinds of server that Fastify types apart are used here through what they share.
  const app = fastify({
    ...(parts.https && { https: parts.https }),
    exposeHeadRoutes: false,
    forceCloseConnections: 'idle',
    keepAliveTimeout: keepAliveMs,
    requestTimeout: 30_000,
    bodyLimit: 64 * 1024,
    http: { headersTimeout: 10_000 },
  } as object) as unknown as FastifyInstance;

  app.setErrorHandler((error: Error & { statusCode?: number }, request, reply) => {
    const code = error.statusCode ?? 500;
    if (code < 500) return send(reply, { code, reason: 'BadRequest', message: error.message });
    log.error({ error: error.message, stack: error.stack, path: request.url }, 'A request failed by a mistake of this program; the caller got a 500.');
    return send(reply, { code: 500, reason: 'InternalError', message: `Internal error occurred: ${error.message}` });
  });

  addHealth(app, parts);
  // Everything in here is guarded; unknown paths too, so that a stranger learns nothing from them.
  void app.register((guarded, _options, done) => {
    if (guard !== undefined) {
      guarded.addHook('onRequest', (request, reply, pass) => {
        const refusal = guard(request.raw, wishOf(request));
        if (refusal === undefined) {
          pass();
        } else if (refusal instanceof Promise) {
          refusal.then((refusal) => (refusal === undefined ? pass() : void send(reply, refusal)), pass);
        } else {
          void send(reply, refusal);
        }
      });
    }
    addMetricsPage(guarded, parts);
    if (parts.decisions !== undefined) addDecisions(guarded, { decisions: parts.decisions, leading: () => parts.leading(), refuse: send });
    addConfiguration(guarded, parts);
    if (parts.answer !== undefined) addExternalMetrics(guarded, { answer: parts.answer, meters: parts.meters, version: parts.version });
    guarded.setNotFoundHandler((request, reply) => {
      const known = guarded.hasRoute({ method: 'GET', url: request.url.split('?', 1)[0] as string }) || isMetricPath(request.url);
      return send(reply, request.method !== 'GET' && known && parts.answer !== undefined ? refusals.methodNotAllowed() : refusals.notFound());
    });
    done();
  });
  return app;
}

function addMetricsPage(app: FastifyInstance, parts: AppParts): void {
  app.get('/metrics', async (request, reply) => {
    const format = negotiateFormat(request.headers.accept);
    const own = await parts.meters.render(format);
    // A follower's replica series would stand beside the leader's, and whoever adds them up would see double.
    const series = parts.replicaSeries && parts.leading() ? parts.exposition.render(parts.source.snapshot(), parts.source.scalings(), format) : Buffer.alloc(0);
    const end = format === 'openmetrics' ? '# EOF\n' : '';
    return reply
      .header('content-type', contentTypes[format])
      .header('vary', 'Accept')
      .send(Buffer.concat([series, Buffer.from(own.endsWith('\n') ? own + end : `${own}\n${end}`)]));
  });
}

function addConfiguration(app: FastifyInstance, { configuration }: AppParts): void {
  if (configuration === undefined) return;
  app.get('/configz', (_request, reply) => reply.type('application/json; charset=utf-8').send(`${JSON.stringify(configuration(), null, 2)}\n`));
}

function addHealth(app: FastifyInstance, parts: Pick<AppParts, 'readiness'>): void {
  for (const path of ['/healthz', '/livez']) app.get(path, (_request, reply) => reply.type('text/plain; charset=utf-8').send('ok'));
  app.get('/readyz', (_request, reply) => {
    const { ready, because } = parts.readiness();
    return reply
      .code(ready ? 200 : 503)
      .type('text/plain; charset=utf-8')
      .send(ready ? 'ok' : `not ready: ${because ?? 'starting'}\n`);
  });
}

function isMetricPath(url: string): boolean {
  return /^\/apis\/external\.metrics\.k8s\.io\/v1beta1\/namespaces\/[^/]+\/[^/?]+(\?|$)/.test(url);
}

interface Replier {
  code(code: number): this;
  header(name: string, value: string): this;
  send(body: Buffer): this;
}

/** A caller who was turned away, or came too early, may show another certificate: that takes another connection. */
function send<R extends Replier>(reply: R, refusal: Refusal): R {
  if (refusal.code === 401 || refusal.code === 503) reply.header('connection', 'close');
  return reply.code(refusal.code).header('content-type', 'application/json').send(Buffer.from(refusalBody(refusal)));
}
