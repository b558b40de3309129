/**
 * The product in front of a genuine vLLM: `npm run test:vllm`. Where vLLM is not installed the tests are skipped, and say so;
 * `npm run test:vllm -- --install` installs it first.
 */
import { spawnSync } from 'node:child_process';
import { installedPython, installVllm } from './install.ts';

const args = process.argv.slice(2);
if (args.includes('--install') && installedPython() === undefined) {
  try {
    console.log(`installed: ${installVllm((line) => console.log(`${line} ...`))}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
if (installedPython() === undefined) console.log('vLLM is not installed here, so what needs it is skipped. npm run test:vllm -- --install installs it: about 7 GB and four minutes.');
const { status } = spawnSync('vitest', ['run', '--config', 'vitest.vllm.config.ts', ...args.filter((one) => one !== '--install')], { stdio: 'inherit' });
process.exitCode = status ?? 1;
