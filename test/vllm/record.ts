/**
 * Records a tape of a genuine vLLM on this machine: `npm run -s tape:record -- FOLDER STAGES PROMPT OUTPUT [SEED]`, with stages as `0:5 0.5:30 2:30`
 * (requests per second : seconds). The folder is what `wva lab fit` reads: the server's own pages every five seconds, and what the client saw.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '../../src/runtime/index.ts';
import { startLoad } from './client.ts';
import { installedPython } from './install.ts';
import { startVllm } from './server.ts';

const [folder, plan = '', prompt, output, seed = 'tape'] = process.argv.slice(2);
const stages = plan.split(' ').map((stage) => stage.split(':').map(Number)).map(([perSecond = 0, seconds = 0]) => ({ perSecond, seconds }));
const python = installedPython();
if (folder === undefined || !(Number(prompt) > 0) || !(Number(output) > 0) || stages.some(({ seconds }) => !(seconds > 0))) {
  console.error('Usage: npm run -s tape:record -- FOLDER "0:5 0.5:30 2:30" PROMPT_TOKENS OUTPUT_TOKENS [SEED]');
  process.exit(2);
}
if (python === undefined) {
  console.error('vLLM is not installed here: npm run test:vllm -- --install');
  process.exit(1);
}

mkdirSync(folder, { recursive: true });
const server = await startVllm(python);
try {
  const startMs = performance.now();
  const load = startLoad({ url: server.url, modelID: server.modelID, stages, meanPromptTokens: Number(prompt), meanOutputTokens: Number(output), random: createRandom(seed) });
  const over = new AbortController();
  const watching = (async (): Promise<void> => {
    for (let page = 1; !over.signal.aborted; page++) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, startMs + page * 5_000 - performance.now())));
      const text = await (await fetch(`${server.url}/metrics`)).text();
      const atS = ((performance.now() - startMs) / 1000).toFixed(3);
      const own = text.split('\n').filter((line) => /^(# TYPE )?vllm:/.test(line) && !line.includes('_created'));
      writeFileSync(join(folder, `${String(page).padStart(3, '0')}.prom`), `# scraped ${atS} s after the start, client sees ${load.inFlight()} in flight\n${own.join('\n')}\n`);
    }
  })();
  const requests = await load.done;
  over.abort();
  await watching;
  const seconds = (ms: number): string => (ms / 1000).toFixed(4);
  const lines = requests.map(({ atMs, promptTokens, outputTokens, firstTokenAtMs, endAtMs, status }) =>
    [(atMs / 1000).toFixed(3), promptTokens, outputTokens, seconds(firstTokenAtMs - atMs), seconds(endAtMs - atMs), status].join(','));
  writeFileSync(join(folder, 'requests.csv'), `at_s,input_tokens,output_tokens,ttft_s,e2e_s,status\n${lines.join('\n')}\n`);
  console.log(`${requests.length} requests, ${(performance.now() - startMs) / 1000} s -> ${folder}`);
} finally {
  await server.stop();
}
