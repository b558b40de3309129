import { expect, it } from 'vitest';
import { createRouterPageMemory } from './page-memory.ts';
import { readRouterPage } from './router-page.ts';

const labels = { model_name: 'm', target_model_name: 'm' };
const page = (atMs: number, value: number, of: Readonly<Record<string, string>> = labels) => ({ atMs, series: [{ name: 'llm_d_epp_request_total', labels: of, value }] });

it('reads a page again that says something else than it did, and no other', () => {
  const memory = createRouterPageMemory();
  const [first, second] = memory.read('epp', [page(1000, 1), page(2000, 2)]);
  memory.turn();
  const [same, corrected, news] = memory.read('epp', [page(1000, 1), page(2000, 3), page(3000, 4)]);
  expect(same).toBe(first);
  expect(corrected).toEqual(readRouterPage(page(2000, 3).series, 2000));
  expect(corrected).not.toEqual(second);
  expect(news?.models.get('m')).toEqual({ requests: 4 });
});

it('keeps nothing of one target for another, nor of a target that was not there the last time', () => {
  const memory = createRouterPageMemory();
  const [first] = memory.read('epp', [page(1000, 1)]);
  memory.turn();
  expect(memory.read('other', [page(1000, 1)])[0]).not.toBe(first);
  memory.turn();
  expect(memory.read('epp', [page(1000, 1)])[0]).not.toBe(first);
});

it('leaves out pages of no router', () => {
  expect(createRouterPageMemory().read('engine', [{ atMs: 1000, series: [{ name: 'vllm:num_requests_running', labels, value: 1 }] }])).toEqual([]);
});
