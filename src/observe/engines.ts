import type { Engine } from '../model/index.ts';
import type { Container, PodSpec } from '../wire/index.ts';
import { acceleratorsOf } from './accelerators.ts';

const servingPortNames = new Set(['http', 'metrics', 'vllm', 'sglang']);
/** vLLM's own default port. */
const defaultPort = 8000;

const engines = new WeakMap<PodSpec, Engine>();

/** What serves in these pods, by image and command; vLLM where nothing says otherwise. Specs are taken as immutable, and each is read once. */
export function engineOf(pod: PodSpec | undefined): Engine {
  if (pod === undefined) return 'vllm';
  let known = engines.get(pod);
  if (known === undefined) engines.set(pod, (known = engineIn(pod)));
  return known;
}

function engineIn(pod: PodSpec): Engine {
  return pod.containers.some((container) => /sglang/i.test([container.image ?? '', ...wordsOf(container)].join(' '))) ? 'sglang' : 'vllm';
}

const served = new WeakMap<PodSpec, { readonly name: string | undefined }>();

/** The name under which the engine is told to serve its model, where its arguments say it. Templates are the same objects from look to look: each is read once. */
export function servedModelOf(pod: PodSpec | undefined): string | undefined {
  if (pod === undefined) return undefined;
  let known = served.get(pod);
  if (known === undefined) served.set(pod, (known = { name: servedNameIn(pod) }));
  return known.name;
}

function servedNameIn(pod: PodSpec): string | undefined {
  const words = servingContainer(pod) ? wordsOf(servingContainer(pod) as Container) : [];
  const serve = words.indexOf('serve');
  const positional = serve >= 0 && !words[serve + 1]?.startsWith('-') ? words[serve + 1] : undefined;
  return argument(words, 'served-model-name') ?? argument(words, 'model') ?? argument(words, 'model-path') ?? positional;
}

/**
 * Ports on which a pod may show its metrics, the likeliest first: those with a telling name, the one that the engine is
 * told to listen on, its first; then the same of the other containers (a proxy in front). 8000 when nothing is said.
 */
export function metricsPortsOf(pod: PodSpec | undefined): number[] {
  const serving = servingContainer(pod);
  const ordered = [...(serving ? [serving] : []), ...(pod?.containers ?? []).filter((container) => container !== serving)];
  const ports = ordered.flatMap((container) => {
    const declared = container.ports ?? [];
    const told = Number(argument(wordsOf(container), 'port'));
    return [
      ...declared.filter(({ name }) => name !== undefined && servingPortNames.has(name)).map(({ containerPort }) => containerPort),
      ...(Number.isInteger(told) && told > 0 && told < 65536 ? [told] : []),
      ...declared.slice(0, 1).map(({ containerPort }) => containerPort),
      // data-parallel ranks may show a page each, on ports of their own
      ...(container === serving && wordsOf(container).some((word) => /^--data[-_]parallel|^-dp/.test(word)) ? declared.map(({ containerPort }) => containerPort) : []),
    ];
  });
  return ports.length > 0 ? [...new Set(ports)] : [defaultPort];
}

/** The container that holds the accelerators, else the one that names an engine, else the first. */
export function servingContainer(pod: PodSpec | undefined): Container | undefined {
  const containers = pod?.containers ?? [];
  return (
    containers.find((container) => acceleratorsOf({ containers: [container] }) > 0) ??
    containers.find((container) => /vllm|sglang/i.test([container.name, container.image ?? '', ...wordsOf(container)].join(' '))) ??
    containers[0]
  );
}

/** Command and arguments word by word; one given as a script (`sh -c "vllm serve …"`) is taken apart as well. */
export function wordsOf(container: Container): string[] {
  return [...(container.command ?? []), ...(container.args ?? [])].flatMap((word) => word.split(/[\s\\]+/)).map(unquoted).filter((word) => word !== '');
}

/** The same of a container; Go's programs take one dash for two. */
export function argumentOf(container: Container, name: string): string | undefined {
  return argument(wordsOf(container).map((word) => word.replace(/^-(?=[a-z])/i, '--')), name);
}

/** The value of `--name value`, `--name=value` or `--name_with_underscores=value`. */
function argument(words: readonly string[], name: string): string | undefined {
  const plain = new Set([`--${name}`, `--${name.replaceAll('-', '_')}`]);
  for (const [index, word] of words.entries()) {
    const [flag, ...value] = word.split('=');
    if (flag === undefined || !plain.has(flag)) continue;
    const given = value.length > 0 ? value.join('=') : words[index + 1];
    if (given && !given.startsWith('--')) return unquoted(given);
  }
  return undefined;
}

function unquoted(word: string): string {
  return word.replace(/^(['"])(.*)\1$/, '$2');
}
