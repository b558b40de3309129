import { kubectl, request } from '../genuine/index.ts';
import type { Step } from './apiserver-commands.ts';
import { normaliseBody, normaliseText, withoutWords } from './normalise.ts';

/** A server to hold against another. */
export interface Side {
  readonly baseUrl: string;
  readonly ca: string;
  readonly kubeconfig: string;
  readonly tokens: Readonly<Record<string, string>>;
}

export interface Seen {
  readonly title: string;
  /** What the client saw, normalised. */
  readonly text: string;
}

export function titleOf(step: Step): string {
  return step.kind === 'raw' ? `${step.method} ${step.title}` : `kubectl ${step.args.join(' ')}`;
}

/** Runs the steps in order against one server. */
export async function runSteps(steps: readonly Step[], side: Side): Promise<Seen[]> {
  const seen: Seen[] = [];
  let continued = '';
  for (const step of steps) {
    if (step.kind === 'kubectl') {
      const { code, stdout, stderr } = await kubectl(step.args, { kubeconfig: side.kubeconfig, ...(step.stdin === undefined ? {} : { stdin: step.stdin }) });
      const told = step.wordless ? withoutWords(stdout) : stdout;
      const complaint = step.upTo === undefined ? stderr : (stderr.trim().split(step.upTo)[0] ?? '');
      seen.push({ title: titleOf(step), text: `exit ${code}\n${normaliseText(told)}\n${normaliseText(complaint)}`.trim() });
      continue;
    }
    const token = step.as === 'anonymous' ? undefined : step.as === 'nobody' ? 'no such token' : (side.tokens[step.as ?? 'admin'] ?? '');
    const answer = await request(`${side.baseUrl}${step.path.replace('<continue>', encodeURIComponent(continued))}`, {
      method: step.method,
      ca: side.ca,
      ...(token === undefined ? {} : { token }),
      headers: { 'user-agent': 'conformance/1', ...step.headers },
      ...(step.body === undefined ? {} : { body: step.body }),
    });
    continued = /"continue":"([^"]+)"/.exec(answer.text)?.[1] ?? continued;
    const type = String(answer.headers['content-type'] ?? '');
    const warning = answer.headers['warning'] === undefined ? '' : `\nwarning: ${String(answer.headers['warning'])}`;
    seen.push({ title: titleOf(step), text: `${answer.status} ${type}${warning}\n${normaliseBody(answer.text)}` });
  }
  return seen;
}
