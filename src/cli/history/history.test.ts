import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const resources = `kind: List
items:
  - kind: VariantAutoscaling
    apiVersion: llmd.ai/v1alpha1
    metadata: { name: chat, namespace: serving }
    spec: { scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: chat }, modelID: org/chat, accelerator: A100, variantCost: "8.0", minReplicas: 1, maxReplicas: 12 }
`;
const labels = { namespace: 'serving', pod: 'chat-abcde-xyz12', model_name: 'org/chat', instance: '10.0.0.1:8000' };
const gauges = { 'vllm:kv_cache_usage_perc': '0.6', 'vllm:num_requests_waiting': '0', 'vllm:num_requests_running': '3' };

/** A Prometheus that has seen one replica with 60 % of its KV cache in use, all the time. `dies`: after so many questions nobody answers any more. */
function prometheus(): { server: Server; asked: number; dies: number } {
  const state = { asked: 0, dies: Infinity };
  const points = (from: number, to: number, value: string): [number, string][] => Array.from({ length: Math.floor((to - from) / 15) + 1 }, (_, index) => [from + index * 15, value]);
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (data: Buffer) => (body += data.toString()));
    request.on('end', () => {
      if (++state.asked > state.dies) return void request.socket.destroy();
      const given = new URLSearchParams(body === '' ? request.url?.split('?')[1] : body);
      const query = given.get('query') ?? '';
      const [from, to] = [Number(given.get('start')), Number(given.get('end'))];
      const range = request.url?.includes('query_range') === true;
      const seconds = Number(/\[(\d+)s\]$/.exec(query)?.[1] ?? 0);
      const at = Number(given.get('time'));
      const result = query.includes('kube_deployment_spec_replicas')
        ? [{ metric: { __name__: 'kube_deployment_spec_replicas', namespace: 'serving', deployment: 'chat' }, values: points(from, to, '1') }]
        : range && query.includes('vllm:')
          ? [{ metric: labels, values: points(from, to, '1') }]
          : range || query.startsWith('max') ? [] : Object.entries(gauges).map(([name, value]) => ({ metric: { __name__: name, ...labels }, values: points(Math.ceil((at - seconds) / 15) * 15, at, value) }));
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ status: 'success', data: { resultType: range || !query.startsWith('max') ? 'matrix' : 'vector', result } }));
    });
  });
  return Object.assign(state, { server });
}

describe('wva backtest and wva whatif', () => {
  const history = prometheus();
  let folder: string;
  let url: string;
  let places = 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'wva-history-'));
    writeFileSync(join(folder, 'resources.yaml'), resources);
    writeFileSync(join(folder, 'empty.yaml'), 'kind: List\nitems: []\n');
    // the story is about histories and not about the law: this Prometheus knows gauges only, from which the learned law would conclude nothing
    writeFileSync(join(folder, 'tight.yaml'), 'analyzer: percent\nkvCacheThreshold: 0.5\n');
    await new Promise<void>((listening) => void history.server.listen(0, '127.0.0.1', listening));
    url = `http://127.0.0.1:${(history.server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    history.server.closeAllConnections();
    history.server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function wva(...args: readonly string[]): Promise<{ status: number | null; stdout: string; stderr: string }> {
    const child = spawn(process.execPath, [main, ...args], { cwd: folder, env: { PATH: process.env['PATH'] } });
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) child[name].on('data', (data: Buffer) => (said[name] += data.toString()));
    const status = await new Promise<number | null>((ended) => void child.on('close', ended));
    return { status, ...said };
  }

  const span = ['--from', '2026-01-31T00:00:00Z', '--to', '2026-01-31T06:00:00Z', '--variants', 'resources.yaml'];
  const place = (): string => `out-${places++}`;

  it('tell what would have been decided, and ask nothing twice', async () => {
    const out = place();
    const first = await wva('backtest', '--prometheus', url, ...span, '--policy', 'tight.yaml', '--out', out);
    expect(first).toMatchObject({ status: 0, stderr: '' });
    expect(first.stdout).toMatch(/1441 cycles of 15s[^]*serving\/chat: 1 there, 2 decided/);
    const kept = readFileSync(join(folder, out, 'backtest.json'), 'utf8');
    const { asked } = history;
    const [, broken = ''] = readdirSync(join(folder, out, 'chunks')).toSorted();
    expect(await wva('backtest', '--prometheus', url, ...span, '--policy', 'tight.yaml', '--out', out)).toMatchObject({ status: 0 });
    expect(history.asked).toBe(asked);
    writeFileSync(join(folder, out, 'chunks', broken), 'cut off');
    expect((await wva('backtest', '--prometheus', url, ...span, '--policy', 'tight.yaml', '--out', out)).stdout).toContain(`The stored chunk ${broken} could not be used`);
    const figures = (text: string): object => ({ ...(JSON.parse(text) as object), decidingSeconds: 0, notes: [] });
    expect(figures(readFileSync(join(folder, out, 'backtest.json'), 'utf8'))).toEqual(figures(kept));
  });

  it('use what was read when Prometheus dies in the middle, and go on from there', async () => {
    const out = place();
    history.dies = history.asked + 12;
    const cut = await wva('backtest', '--prometheus', url, ...span, '--out', out);
    expect(cut.status).toBe(4);
    expect(cut.stdout).toMatch(/Not read\n {2}2026-01-31 01:30:00 to 06:00:00Z: The samples from 2026-01-31T01:30:00Z to .* were expected, and Prometheus could not be reached .*What was read up to 2026-01-31T01:29:45Z is kept/);
    history.dies = Infinity;
    expect(await wva('backtest', '--prometheus', url, ...span, '--out', out)).toMatchObject({ status: 0 });
  }, 30_000);

  it('end with 1 and no table when nothing could be read', async () => {
    const commands = [['backtest'], ['whatif', '--policy', 'built-in', '--policy', 'tight.yaml']];
    for (const { status, stdout, stderr } of await Promise.all(commands.map((command) => wva(...command, '--prometheus', 'http://127.0.0.1:1', ...span, '--out', place())))) {
      expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
      expect(stderr).toMatch(/^Nothing could be decided: .* were expected, and Prometheus could not be reached/);
    }
  }, 30_000);

  it('end with 3 when the second policy is worse, and with 0 the other way round', async () => {
    const out = place();
    const compare = (a: string, b: string): ReturnType<typeof wva> => wva('whatif', '--policy', a, '--policy', b, '--prometheus', url, ...span, '--out', out);
    expect((await compare('built-in', 'tight.yaml')).status).toBe(3);
    expect((await compare('tight.yaml', 'built-in')).status).toBe(0);
    expect((await compare('built-in', 'built-in')).status).toBe(0);
  });

  it('say everything that is wrong with what was asked for', async () => {
    const { status, stderr } = await wva('backtest', '--prometheus', url, '--from', 'yesterday', '--variants', 'none.yaml', '--policy', 'no.yaml', '--step', '0s', '--ttft', '-3', '--out', place());
    expect(status).toBe(2);
    for (const flag of ['--from', '--variants', 'no.yaml', '--step', '--ttft']) expect(stderr).toContain(flag);
  });

  it.each<[string, readonly string[], RegExp]>([
    ['a history that begins after its end', ['--from', '2026-01-31T06:00:00Z', '--to', '2026-01-31T00:00:00Z'], /^--from is .*, and must be before --to/],
    ['a history that is still to come', ['--from', '2999-01-01', '--to', '2999-01-02'], /^--from is 2999-01-01T00:00:00.000Z, and must be before now/],
    ['a history between two cycles', ['--from', '2026-01-31T00:00:01Z', '--to', '2026-01-31T00:00:14Z'], /no cycle of 15s begins/],
    ['no variants', ['--from', '7d', '--variants', 'empty.yaml'], /No VariantAutoscaling is in it/],
    ['a folder for a record', ['--record', '.'], /^The record \. is a folder/],
    ['a file for a folder', ['--from', '7d', '--out', 'resources.yaml'], /^resources\.yaml\/chunks cannot be read or written: not a directory\./],
    ['a folder for the file of decisions', ['--from', '2026-01-31T00:00:00Z', '--to', '2026-01-31T01:00:00Z', '--out', 'blocked'], /decisions\.jsonl cannot be read or written: /],
  ])('say in a sentence what is wrong with %s', async (_, flags, expected) => {
    mkdirSync(join(folder, 'blocked', 'decisions.jsonl'), { recursive: true });
    const { status, stdout, stderr } = await wva('backtest', ...(flags.includes('--record') ? [] : ['--prometheus', url]), '--variants', 'resources.yaml', '--out', place(), ...flags);
    expect(stderr).toMatch(expected);
    expect({ status, stdout, lines: stderr.trimEnd().split('\n').length }).toEqual({ status: 2, stdout: '', lines: 1 });
  });
});
