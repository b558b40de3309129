import { stat } from 'node:fs/promises';
import { errorText } from '../../base/index.ts';
import type { PolicySet } from '../../model/index.ts';
import { createReplay, createWhatIf, readRecord, type RecordHeader } from '../../record/index.ts';
import { systemClock } from '../../runtime/index.ts';
import { momentsAllowed, readMoment } from '../history/moment-in-time.ts';
import { BadInput } from '../history/bad-input.ts';
import { readPolicyFile } from '../history/policy-file.ts';
import { createProgress } from './progress.ts';
import { status, stopped, untilStopped } from '../history/status.ts';
import { openTally, type Findings } from './findings.ts';
import { findingsJson, findingsText } from './findings-text.ts';

export interface ReplayFlags {
  readonly from?: string;
  readonly to?: string;
  readonly variant?: string;
  readonly policy?: string;
  readonly show: string;
  readonly json?: boolean;
}

interface Question {
  readonly fromMs: number;
  readonly toMs: number;
  readonly variant?: string;
  readonly policy?: PolicySet;
  readonly show: number;
  readonly bytes: number;
}

/** `wva replay`. Resolves to the exit status, see docs/reference/cli.md. */
export async function replay(files: readonly string[], flags: ReplayFlags): Promise<number> {
  const signal = untilStopped();
  const progress = createProgress(process.stderr, () => performance.now());
  try {
    const question = await questionOf(files, flags);
    const findings = await decideAgain(files, question, (bytes, cycles) => progress.say(bytes / question.bytes, cycles), signal);
    progress.end();
    process.stdout.write(flags.json ? `${JSON.stringify(findingsJson(findings), null, 2)}\n` : `${findingsText(findings).join('\n')}\n`);
    return statusOf(findings);
  } catch (error) {
    progress.end();
    return stopped(error, signal, { stopped: 'Stopped before the end of the record, so nothing can be said about it.', files: '' });
  }
}

function statusOf({ cycles, differing, failures, unreadable }: Findings): number {
  if (cycles === 0 || differing > 0 || failures.length > 0) return status.nothing;
  return unreadable.length > 0 ? status.incomplete : status.well;
}

async function questionOf(files: readonly string[], flags: ReplayFlags): Promise<Question> {
  const problems: string[] = [];
  const nowMs = systemClock.now();
  const moment = (flag: 'from' | 'to', otherwise: number): number => {
    const written = flags[flag];
    if (written === undefined) return otherwise;
    const ms = readMoment(written, nowMs);
    if (ms === undefined) problems.push(`--${flag} is ${JSON.stringify(written)}, and must be ${momentsAllowed}.`);
    return ms ?? otherwise;
  };
  const [fromMs, toMs] = [moment('from', -Infinity), moment('to', Infinity)];
  if (fromMs > toMs) problems.push('--from is after --to, so there is nothing between them.');
  if (flags.variant !== undefined && !/^[^/]+\/[^/]+$/.test(flags.variant)) problems.push(`--variant is ${JSON.stringify(flags.variant)}, and must be the namespace and the name of a VariantAutoscaling, such as serving/chat-a100.`);
  const show = /^\d{1,6}$/.test(flags.show) ? Number(flags.show) : undefined;
  if (show === undefined) problems.push(`--show is ${JSON.stringify(flags.show)}, and must be a whole number up to 999999.`);
  const read = flags.policy === undefined ? undefined : await readPolicyFile(flags.policy);
  if (read?.ok === false) problems.push(...read.problems);
  let bytes = 0;
  for (const file of files) {
    const found = await stat(file).catch((error: unknown) => void problems.push(`The record ${file} cannot be read (${errorText(error)}).`));
    if (found?.isDirectory()) problems.push(`The record ${file} is a folder, and a file that wva run --record wrote was expected.`);
    bytes += found?.size ?? 0;
  }
  if (problems.length > 0) throw new BadInput(problems);
  if (read?.ok) for (const warning of read.warnings) process.stderr.write(`${warning}\n`);
  return { fromMs, toMs, ...(flags.variant !== undefined && { variant: flags.variant }), ...(read?.ok && { policy: read.policy }), show: show ?? 0, bytes: Math.max(1, bytes) };
}

async function decideAgain(files: readonly string[], question: Question, onProgress: (bytes: number, cycles: number) => void, signal: AbortSignal): Promise<Findings> {
  const { fromMs, toMs, variant, policy } = question;
  const again = policy === undefined ? createReplay(variant) : createWhatIf(policy);
  const tally = openTally({ ...(variant !== undefined && { variant }), isWhatIf: policy !== undefined, most: question.show });
  let readBefore = 0;
  let header: RecordHeader | undefined;
  for (const file of files) {
    let bytes = 0;
    for await (const entry of readRecord(file, signal, (soFar) => (bytes = soFar))) {
      const place = { file, line: entry.line };
      if (entry.kind === 'header') {
        ({ header } = entry);
        tally.header(header);
      } else if (entry.kind !== 'cycle') {
        tally.unreadable({ ...place, why: entry.why, isEnd: entry.kind === 'cut' });
      } else if (entry.record.atMs >= fromMs && entry.record.atMs <= toMs) {
        const { record, cycle } = entry;
        tally.cycle({ ...place, ...(cycle !== undefined && { cycle }) }, record, again({ record, ...(header && { run: header.run, format: header.recordFormat }), ...(cycle !== undefined && { cycle }) }));
        onProgress(readBefore + bytes, tally.cycles());
      }
    }
    readBefore += bytes;
  }
  return tally.findings();
}
