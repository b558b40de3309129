import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scenarioOf, variant as variantOf } from '../../../test/support/story/index.ts';
import { createDecisionHistory } from '../../controller/index.ts';
import { readRecord } from '../../record/index.ts';
import { createMeters, silentLog, systemClock } from '../../runtime/index.ts';
import { createServer, type Server } from '../../serve/index.ts';
import { createWorld, type World } from '../../simulator/index.ts';
import { variantAutoscalingCrd, type KubernetesObject } from '../../wire/index.ts';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const golden = fileURLToPath(new URL('../../../test/golden/record.jsonl.zst', import.meta.url));
const variant = 'llm-d-inference-scheduling/qwen3-32b-a100';

let folder: string;
beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'wva-explain-'))));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function explain(...args: readonly string[]): Promise<{ status: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [main, 'explain', ...args], { cwd: folder, env: { PATH: process.env['PATH'], HOME: folder } });
  const said = { out: '', err: '' };
  child.stdout.on('data', (data: Buffer) => (said.out += data.toString()));
  child.stderr.on('data', (data: Buffer) => (said.err += data.toString()));
  const status = await new Promise<number | null>((ended) => void child.on('close', ended));
  return { status, ...said };
}

describe('wva explain, from a record', () => {
  it('tells the last decision, and the one that was in force at a time', async () => {
    const last = await explain(variant, '--record', golden);
    expect(last).toMatchObject({ status: 0, err: '' });
    expect(last.out).toMatch(/^llm-d-inference-scheduling\/qwen3-32b-a100 at 2026-01-31 12:01:\d\d(\.\d+)?Z: \d+ replicas? desired, /);
    for (const title of ['What it is', 'What was seen', 'How the number came about', 'What it costs', 'The other variants of the model', 'What is said of it', 'Before that']) expect(last.out).toContain(`\n\n${title}\n`);
    expect(last.out).toMatch(/^ {4}fresh, [\d.]+ s old: .*KV used/m);
    const before = await explain(variant, '--record', golden, '--at', '2026-01-31T12:00:05Z');
    expect(before.out).toMatch(/^\S+ at 2026-01-31 12:00:0[0-5]/);
    expect(before.out).not.toBe(last.out);
  });

  it('gives all data as JSON', async () => {
    const { out } = await explain(variant, '--record', golden, '--json');
    expect(JSON.parse(out)).toMatchObject({ variant, decisions: expect.any(Array) as unknown, account: { decision: { variant: { key: variant }, trail: expect.any(Array) as unknown }, seen: { variant: { key: variant } }, policy: expect.any(Object) as unknown } });
  });

  it('says why it knows nothing', async () => {
    expect(await explain('serving/chat', '--record', golden)).toMatchObject({ status: 1, out: '', err: expect.stringMatching(/^Nothing was decided about serving\/chat at 2026-01-31 .*Z\. There were llm-d-inference-scheduling\/ms-/) as string });
    expect(await explain(variant, '--record', golden, '--at', '2020-01-01')).toMatchObject({ status: 1, err: 'The record begins at 2026-01-31 12:00:00Z, after 2020-01-01 00:00:00Z.\n' });
    writeFileSync(join(folder, 'empty.jsonl'), '');
    expect(await explain(variant, '--record', 'empty.jsonl')).toMatchObject({ status: 1, err: 'The record has no cycle.\n' });
  });
});

describe('wva explain, from a running controller', () => {
  let server: Server;
  let leading = true;
  let url: string;

  beforeAll(async () => {
    const decisions = createDecisionHistory();
    for await (const entry of readRecord(golden)) if (entry.kind === 'cycle') decisions.hear(entry.record);
    server = await createServer(
      { source: { snapshot: () => undefined, scalings: () => [] }, leading: () => leading, readiness: () => ({ ready: true }), decisions, meters: createMeters({ processMetrics: false }), clock: systemClock, log: silentLog },
      { externalMetrics: false, variantNameLabel: false, plain: { host: '127.0.0.1', port: 0 } },
    );
    url = server.urls.plain ?? '';
  });
  afterAll(() => server.close());

  it('tells the same as a record of the same cycles', async () => {
    const [asked, recorded] = [await explain(variant, '--server', `${url}/`), await explain(variant, '--record', golden)];
    expect(asked).toEqual(recorded);
  });

  it('says that who was asked does not lead', async () => {
    leading = false;
    const { status, out } = await explain(variant, '--server', url);
    leading = true;
    expect(status).toBe(0);
    expect(out).toMatch(/^\S+ at [^\n]*\nThis instance does not lead/);
    expect(await explain('serving/chat', '--server', url)).toMatchObject({ status: 1, err: expect.stringMatching(/^Nothing is known of variant serving\/chat: /) as string });
  });

  it('says what a server answered that is none of ours, refuses, or is not there', async () => {
    const answers = [[200, '<html>'], [401, '{"message":"Unauthorized"}'], [403, '{"message":"forbidden"}']] as const;
    const others = createHttpServer((request, response) => {
      const [status, text] = answers[Number(request.headers.authorization?.replace('Bearer ', '') ?? 0)] ?? [500, 'x'];
      response.statusCode = status;
      response.end(text);
    });
    await new Promise<void>((listening) => void others.listen(0, '127.0.0.1', listening));
    const other = `http://127.0.0.1:${(others.address() as AddressInfo).port}`;
    for (const token of ['1', '2']) writeFileSync(join(folder, token), `${token}\n`);
    expect(await explain(variant, '--server', other)).toMatchObject({ status: 2, err: expect.stringContaining('not as a controller does') as string });
    expect(await explain(variant, '--server', other, '--token-file', '1')).toMatchObject({ status: 2, err: `${other} answered 401: Unauthorized. --token-file takes what kubectl create token prints.\n` });
    expect(await explain(variant, '--server', other, '--token-file', '2')).toMatchObject({ status: 2, err: expect.stringContaining('workload-variant-autoscaler-decisions-viewer') as string });
    others.closeAllConnections();
    await new Promise((closed) => others.close(closed));
    expect(await explain(variant, '--server', other)).toMatchObject({ status: 2, err: expect.stringMatching(/Without --server, what the status of the resource says is told\.\n$/) as string });
  });
});

describe('wva explain, from status', () => {
  let world: World;

  beforeAll(async () => {
    world = createWorld({ seed: 'explain', clock: systemClock, scenario: { ...scenarioOf([variantOf('chat'), variantOf('new')]), traffic: [] }, customResourceDefinitions: [variantAutoscalingCrd()] });
    world.start();
    const { store } = world.apiServer;
    const resource = { group: 'llmd.ai', plural: 'variantautoscalings' };
    const chat = store.get<KubernetesObject>(resource, 'chat', 'llm-d-inference-scheduling') as KubernetesObject;
    const status = {
      currentAlloc: { numReplicas: 1, readyReplicas: 1 },
      desiredOptimizedAlloc: { lastRunTime: '2026-01-31T08:15:00Z', accelerator: 'A100', numReplicas: 3, lastUpdate: { updateTime: '2026-01-31T08:10:00Z', numReplicasChanged: 2, reason: 'Demand', message: 'The load calls for 2 more.' } },
      trail: [{ from: 1, to: 3, reason: 'Demand', message: 'The load calls for 2 more.' }],
      conditions: [{ type: 'Ready', status: 'True', reason: 'Deciding', message: '3 replicas desired, 1 there.', lastTransitionTime: '2026-01-31T08:00:00Z' }],
    };
    store.update(resource, { ...chat, status } as KubernetesObject, { subresource: 'status' });
    await world.listenOnLoopback({ kubeconfigPath: join(folder, 'kubeconfig') });
  });
  afterAll(() => world.stop());

  it('tells what the resource says of itself', async () => {
    const { status, out, err } = await explain('llm-d-inference-scheduling/chat', '--kubeconfig', 'kubeconfig');
    expect({ status, err }).toEqual({ status: 0, err: '' });
    expect(out).toBe(`llm-d-inference-scheduling/chat at 2026-01-31T08:15:00Z: 3 replicas desired on A100, 1 there, 1 ready (Demand).
  The last news is of 2026-01-31T08:10:00Z: +2. The load calls for 2 more.

How the number came about
  1 -> 3 Demand: The load calls for 2 more.

What is said of it
  Ready is True (Deciding): 3 replicas desired, 1 there.

This is what status holds. What was seen of each replica, what the other variants were decided, and the decisions before are with
  the controller (--server URL) and in a record (--record FILE).
`);
    expect((await explain('llm-d-inference-scheduling/new', '--kubeconfig', 'kubeconfig')).out).toBe('llm-d-inference-scheduling/new has no status yet: no controller has decided about it.\n');
    expect(JSON.parse((await explain('llm-d-inference-scheduling/chat', '--kubeconfig', 'kubeconfig', '--json')).out)).toMatchObject({ status: { desiredOptimizedAlloc: { numReplicas: 3 } } });
    expect(await explain('serving/chat', '--kubeconfig', 'kubeconfig')).toMatchObject({ status: 1, err: expect.stringMatching(/has no VariantAutoscaling serving\/chat\.\n$/) as string });
  });

  it('says all that is wrong with the question', async () => {
    const { status, out, err } = await explain('chat', '--at', 'soon', '--ca', 'nowhere');
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toMatch(/^"chat" is no variant[^]*--at is set without --record[^]*--ca is set without --server[^]*--at is "soon"/);
    expect(await explain(variant, '--record', 'nowhere.jsonl')).toMatchObject({ status: 2, err: 'The record nowhere.jsonl cannot be read (no such file or directory).\n' });
    expect(await explain(variant, '--kubeconfig', 'nowhere')).toMatchObject({ status: 2, err: expect.stringContaining('Without a cluster, --record and --server tell why.') as string });
  });
});
