import { describe, expect, it } from 'vitest';
import { createManualClock, textResponse, TransportError, type HttpRequest, type HttpResponse } from '../runtime/index.ts';
import { createKubernetesClient, type RequestNote } from './client.ts';
import { KubernetesError } from './kubernetes-error.ts';
import { resources } from './resource-kind.ts';

function start(answer: (request: HttpRequest, count: number) => HttpResponse | Promise<HttpResponse>) {
  const clock = createManualClock(0);
  const asked: HttpRequest[] = [];
  const notes: RequestNote[] = [];
  const transport = async (request: HttpRequest): Promise<HttpResponse> => {
    asked.push(request);
    return answer(request, asked.length);
  };
  return { clock, asked, notes, client: createKubernetesClient({ transport, baseUrl: 'http://k', clock, onRequest: (note) => notes.push(note) }) };
}

const refusal = (code: number, reason: string, message: string, extra: object = {}): HttpResponse =>
  textResponse(code, JSON.stringify({ kind: 'Status', status: 'Failure', code, reason, message, ...extra }));

async function errorOf(promise: Promise<unknown>): Promise<KubernetesError> {
  const error = await promise.then(
    () => undefined,
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(KubernetesError);
  return error as KubernetesError;
}

describe('requests', () => {
  it.each([
    ['get', 'GET', '/api/v1/namespaces/llm/pods/a', undefined],
    ['create', 'POST', '/api/v1/namespaces/llm/pods', 'application/json'],
    ['replace', 'PUT', '/api/v1/namespaces/llm/pods/a/status', 'application/json'],
    ['apply', 'PATCH', '/api/v1/namespaces/llm/pods/a?fieldManager=wva&force=true', 'application/apply-patch+yaml'],
    ['strategic', 'PATCH', '/api/v1/namespaces/llm/pods/a', 'application/strategic-merge-patch+json'],
    ['json', 'PATCH', '/api/v1/namespaces/llm/pods/a', 'application/json-patch+json'],
    ['delete', 'DELETE', '/api/v1/namespaces/llm/pods/a', undefined],
  ])('%s is a %s of %s', async (what, method, path, contentType) => {
    const { asked, client } = start(() => textResponse(200, '{}'));
    const namespace = 'llm';
    if (what === 'get') await client.get(resources.pods, 'a', { namespace });
    else if (what === 'create') await client.create(resources.pods, {}, { namespace });
    else if (what === 'replace') await client.replace(resources.pods, 'a', {}, { namespace, subresource: 'status' });
    else if (what === 'apply') await client.patch(resources.pods, 'a', {}, { type: 'apply', namespace, fieldManager: 'wva', force: true });
    else if (what === 'delete') await client.delete(resources.pods, 'a', { namespace });
    else await client.patch(resources.pods, 'a', [], { type: what as 'json' | 'strategic', namespace });
    expect(asked[0]).toMatchObject({ method, url: `http://k${path}` });
    expect(asked[0]?.headers?.['content-type']).toBe(contentType);
  });

  it('ignore a namespace for kinds that have none, and write names so that they cannot leave their place', async () => {
    const { asked, client } = start(() => textResponse(200, '{}'));
    await client.get(resources.nodes, '../pods', { namespace: 'llm' });
    expect(asked[0]?.url).toBe('http://k/api/v1/nodes/..%2Fpods');
  });

  it('gives nothing back of an answer that nobody reads, and still tells what is none', async () => {
    const patch = (answer: string): Promise<unknown> => start(() => textResponse(200, answer)).client.patch(resources.pods, 'a', {}, { type: 'merge', namespace: 'llm', unread: true });
    expect(await patch('{"metadata":{"name":"a"}}')).toBeUndefined();
    expect(await errorOf(patch('<html>Sign in</html>'))).toMatchObject({ status: 200, retryable: true });
  });

  it('lists everything in pages, and from the first again when a page has expired', async () => {
    const { asked, client } = start((request, count) => {
      if (count === 2) return refusal(410, 'Expired', 'The provided continue parameter is too old');
      const second = new URL(request.url).searchParams.has('continue');
      return textResponse(200, JSON.stringify({ metadata: { resourceVersion: '7', ...(!second && { continue: 'x' }) }, items: second ? [{ n: 3 }] : [{ n: 1 }, { n: 2 }] }));
    });
    const list = await client.list(resources.pods, { labelSelector: 'a=b' });
    expect(list.items).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
    expect(asked).toHaveLength(4);
    expect(asked[3]?.url).toBe('http://k/api/v1/pods?labelSelector=a%3Db&limit=500&continue=x');
  });

  it('reads the null that some servers write for an empty list', async () => {
    const { client } = start(() => textResponse(200, '{"items":null}'));
    expect((await client.list(resources.pods)).items).toEqual([]);
  });

  it('are counted with verb, resource, status and duration', async () => {
    const { clock, notes, client } = start(async (_, count) => {
      await clock.sleep(40);
      if (count === 2) throw new TransportError('Unreachable', 'Cannot reach http://k: nothing listens there.');
      return textResponse(200, '{"items":[]}');
    });
    const both = Promise.all([client.list(resources.pods), client.get(resources.deployments, 'a', { subresource: 'scale' }).catch(() => {})]);
    await clock.advance(100);
    await both;
    expect(notes).toEqual([
      { verb: 'list', resource: 'pods', status: 200, durationMs: 40 },
      { verb: 'get', resource: 'deployments/scale', status: 0, durationMs: 40 },
    ]);
  });
});

describe('a request that is turned away', () => {
  it('with 429 and a short Retry-After is sent again, twice at most', async () => {
    const busy = (): HttpResponse => ({ ...refusal(429, 'TooManyRequests', 'slow down'), headers: { 'retry-after': '1' } });
    const patient = start((_, count) => (count < 3 ? busy() : textResponse(200, '{"ok":1}')));
    const got = patient.client.get(resources.pods, 'a');
    await patient.clock.advance(3000);
    expect(await got).toEqual({ ok: 1 });
    const hopeless = start(busy);
    const error = errorOf(hopeless.client.get(resources.pods, 'a'));
    await hopeless.clock.advance(3000);
    expect(await error).toMatchObject({ status: 429, retryable: true, retryAfterMs: 1000 });
    expect(hopeless.asked).toHaveLength(3);
  });

  it('gets no answer within 30 s, or only half of one, is given up', async () => {
    for (const answer of [() => new Promise<HttpResponse>(() => {}), () => ({ status: 200, headers: {}, body: half() })]) {
      const { clock, client } = start(answer);
      const error = errorOf(client.get(resources.pods, 'a', { namespace: 'llm' }));
      await clock.advance(30_000);
      expect(await error).toMatchObject({ reason: 'TimedOut', retryable: true, message: 'Could not get pods "llm/a": no complete answer came within 30 s.' });
    }
  });

  it('is ended by its signal', async () => {
    const { client } = start(() => new Promise(() => {}));
    expect(await errorOf(client.get(resources.pods, 'a', { signal: AbortSignal.abort() }))).toMatchObject({ reason: 'Aborted', retryable: false });
  });
});

describe('errors say', () => {
  const scale = (answer: HttpResponse): Promise<KubernetesError> =>
    errorOf(start(() => answer).client.patch(resources.deployments, 'decode', {}, { type: 'merge', namespace: 'llm', subresource: 'scale' }));

  it.each([
    [
      'which right is missing, and where to give it',
      refusal(403, 'Forbidden', 'deployments.apps "decode" is forbidden: User "system:serviceaccount:wva:wva" cannot patch resource "deployments/scale" in API group "apps" in the namespace "llm"'),
      { status: 403, retryable: false },
      /^The API server refused to patch deployments\/scale "llm\/decode" \(403 Forbidden\): .* Give the ServiceAccount the verb "patch" on "deployments\/scale" of apiGroup "apps" in a Role in namespace llm\.$/,
    ],
    [
      'nothing of rights when it was an admission webhook',
      refusal(403, 'Forbidden', 'admission webhook "policy.example.com" denied the request: no'),
      { status: 403 },
      /denied the request: no\.$/,
    ],
    ['that the object is gone', refusal(404, 'NotFound', 'deployments.apps "decode" not found', { details: { name: 'decode', group: 'apps', kind: 'deployments' } }), { status: 404, reason: 'NotFound' }, /it does not exist/],
    ['that the kind is not served', textResponse(404, '404 page not found\n'), { status: 404, reason: 'ResourceUnknown' }, /does not serve deployments of apps\/v1/],
    [
      'that the kind is not served by a group that is',
      refusal(404, 'NotFound', 'the server could not find the requested resource', { details: {} }),
      { status: 404, reason: 'ResourceUnknown' },
      /does not serve deployments/,
    ],
    ['that somebody was faster', refusal(409, 'Conflict', 'the object has been modified'), { status: 409, retryable: false }, /somebody else changed it in between/],
    ['that there is one already', refusal(409, 'AlreadyExists', ''), { status: 409, reason: 'AlreadyExists' }, /there is one already \(409 AlreadyExists\)/],
    ['which fields are wrong', refusal(422, 'Invalid', 'spec.replicas: Invalid value: -1', { details: { causes: [{ field: 'spec.replicas' }] } }), { status: 422, fields: ['spec.replicas'] }, /rejected the object/],
    ['that the token is no good', refusal(401, 'Unauthorized', 'Unauthorized'), { status: 401 }, /does not accept our credentials/],
    ['that the server is in trouble', refusal(500, 'InternalError', 'etcdserver: leader changed'), { status: 500, retryable: true }, /\(500 InternalError\): etcdserver: leader changed\.$/],
    ['that it is another server altogether', textResponse(200, '<!DOCTYPE html><title>Log in</title>'), { reason: 'NotKubernetes' }, /not the JSON that was due: "Log in"/],
  ])('%s', async (_, answer, facts, sentence) => {
    const error = await scale(answer);
    expect(error).toMatchObject(facts);
    expect(error.message).toMatch(sentence);
  });
});

async function* half(): AsyncIterable<Uint8Array> {
  yield new TextEncoder().encode('{"half":');
  await new Promise(() => {});
}
