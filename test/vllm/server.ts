import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { freePorts, startProgram, untilReady, type Program } from '../support/genuine/programs.ts';

export interface VllmServer {
  readonly url: string;
  readonly port: number;
  readonly modelID: string;
  /** KV blocks that it may use: one fewer than it is given. */
  readonly usableBlocks: number;
  readonly blockTokens: number;
  stop(): Promise<void>;
}

const modelID = 'tiny/llama';
const kvBlocks = 64;
/** vLLM on CPU manages its KV cache in blocks of 128 tokens. */
const blockTokens = 128;

/** Two layers, so that one iteration takes milliseconds; random weights, because what it says does not matter. */
const modelConfig = {
  architectures: ['LlamaForCausalLM'],
  model_type: 'llama',
  hidden_size: 256,
  intermediate_size: 512,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 4,
  vocab_size: 300,
  max_position_embeddings: 4096,
  rms_norm_eps: 1e-5,
  rope_theta: 10_000,
  hidden_act: 'silu',
  tie_word_embeddings: false,
  torch_dtype: 'bfloat16',
  bos_token_id: 1,
  eos_token_id: 2,
};

/** A byte-level tokenizer: the 256 bytes and a few tokens of its own. */
const makeTokenizer = `
import sys
from tokenizers import Tokenizer, models, pre_tokenizers, decoders
alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
vocabulary = {"<unk>": 0, "<s>": 1, "</s>": 2}
for token in alphabet:
    vocabulary[token] = len(vocabulary)
tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[], unk_token="<unk>"))
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
tokenizer.decoder = decoders.ByteLevel()
tokenizer.save(sys.argv[1] + "/tokenizer.json")
`;

/** Starts a genuine vLLM on this machine's processor, on a free port of loopback. */
export async function startVllm(python: string): Promise<VllmServer> {
  const folder = mkdtempSync(join(tmpdir(), 'wva-vllm-'));
  writeFileSync(join(folder, 'config.json'), JSON.stringify(modelConfig));
  writeFileSync(
    join(folder, 'tokenizer_config.json'),
    JSON.stringify({ tokenizer_class: 'PreTrainedTokenizerFast', bos_token: '<s>', eos_token: '</s>', unk_token: '<unk>', model_max_length: 4096 }),
  );
  const made = spawnSync(python, ['-', folder], { input: makeTokenizer, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`The tokenizer could not be made: ${made.stderr}`);

  const [port = 0] = await freePorts(1);
  const program: Program = startProgram({
    name: 'vllm',
    command: python,
    args: [
      '-m', 'vllm.entrypoints.openai.api_server',
      '--model', folder, '--served-model-name', modelID, '--load-format', 'dummy', '--enforce-eager',
      '--max-num-seqs', '16', '--num-gpu-blocks-override', String(kvBlocks), '--max-model-len', '2048',
      '--host', '127.0.0.1', '--port', String(port),
    ],
    logFile: join(folder, 'vllm.log'),
    env: { HF_HUB_OFFLINE: '1', VLLM_NO_USAGE_STATS: '1', VLLM_CPU_KVCACHE_SPACE: '1' },
  });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(program, async () => (await fetch(`${url}/health`)).ok, 150_000);
  return {
    url,
    port,
    modelID,
    usableBlocks: kvBlocks - 1,
    blockTokens,
    async stop() {
      // its engine is a process of its own and ends with it; a gentle end first, so that it can
      program.signal('SIGTERM');
      await Promise.race([program.ended, new Promise((resolve) => setTimeout(resolve, 10_000))]);
      if (program.running) await program.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
