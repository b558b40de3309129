import { systemClock } from '../../runtime/index.ts';
import { BadInput } from '../history/bad-input.ts';
import { momentsAllowed, readMoment } from '../history/moment-in-time.ts';
import type { ExplainFlags, Explanation } from './explanation.ts';
import { fromRecord } from './from-record.ts';
import { fromServer } from './from-server.ts';
import { fromStatus } from './from-status.ts';

/** `wva explain`. Resolves to the exit status: 1 where nothing is known of the variant, 2 where the question cannot be used or nobody answered. */
export async function explain(key: string, flags: ExplainFlags & Readonly<Record<string, unknown>>): Promise<number> {
  try {
    const explanation = await explanationOf(key, flags);
    if (explanation.kind === 'unknown') {
      process.stderr.write(`${explanation.why}\n`);
      return 1;
    }
    process.stdout.write(flags.json ? `${JSON.stringify(explanation.data, null, 2)}\n` : `${explanation.text.join('\n')}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof BadInput)) throw error;
    process.stderr.write(`${error.problems.join('\n')}\n`);
    return 2;
  }
}

async function explanationOf(key: string, flags: ExplainFlags & Readonly<Record<string, unknown>>): Promise<Explanation> {
  const { record, at, server } = flags;
  const problems: string[] = [];
  const [, namespace, name] = /^([a-z0-9][-a-z0-9]*)\/([a-z0-9][-a-z0-9.]*)$/.exec(key) ?? [];
  if (namespace === undefined || name === undefined) problems.push(`${JSON.stringify(key)} is no variant: the namespace and the name of a VariantAutoscaling were expected, such as serving/chat-a100.`);
  if (record !== undefined && server !== undefined) problems.push('--record and --server are both set, and an explanation is from one of them.');
  if (at !== undefined && record === undefined) problems.push('--at is set without --record: only a record knows the whole of decisions before the last.');
  const unused = ([['--token-file', flags.tokenFile], ['--ca', flags.ca], ['--insecure', flags.insecure]] as const).filter(([, value]) => value !== undefined && server === undefined);
  for (const [flag] of unused) problems.push(`${flag} is set without --server.`);
  const atMs = at === undefined ? Infinity : readMoment(at, systemClock.now());
  if (atMs === undefined) problems.push(`--at is ${JSON.stringify(at)}, and must be ${momentsAllowed}.`);
  if (problems.length > 0 || namespace === undefined || name === undefined) throw new BadInput(problems);
  if (record !== undefined) return await fromRecord(key, record, atMs ?? Infinity);
  if (server !== undefined) return await fromServer({ namespace, name }, server, flags);
  return await fromStatus({ namespace, name }, flags);
}
