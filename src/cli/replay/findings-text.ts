import type { RecordHeader } from '../../record/index.ts';
import { engineFingerprint } from '../../record/index.ts';
import { instant, stretch } from '../history/words.ts';
import { counted } from '../lab/figures.ts';
import { bold, dim } from '../lab/style.ts';
import { version } from '../version.ts';
import type { DifferingCycle, Findings, OtherNumber, Place } from './findings.ts';

/** What a replay came to, for a terminal. */
export function findingsText(findings: Findings): string[] {
  const { cycles, decisions, fromMs = 0, toMs = 0, headers, variant, failures, unreadable, cut } = findings;
  if (cycles === 0) return ['There is no cycle to decide again.', ...[...unreadable, ...cut].slice(0, 5).map(unread), ...authors(headers)];
  const about = variant === undefined ? '' : ` about ${variant}`;
  return [
    bold(`${counted(cycles, 'cycle')} from ${stretch(fromMs, toMs)}, ${counted(decisions, 'decision')}${about}, decided again${findings.isWhatIf ? ' by another policy' : ''}.`),
    ...(findings.isWhatIf ? numberLines(findings) : differenceLines(findings)),
    ...(failures.length === 0 ? [] : ['', ...failures.slice(0, 5).map((failure) => `${where(failure)}: could not be decided again (${failure.why}).`), ...more(failures.length - 5, 'cycle')]),
    ...(unreadable.length === 0 ? [] : ['', ...unreadable.slice(0, 5).map(unread), ...more(unreadable.length - 5, 'line')]),
    ...cut.map(({ file, line, why }) => dim(`${file} ends in the middle, in line ${line} (${why}): its writer was killed, or is writing still. Everything before that counts.`)),
    ...authors(headers),
  ];
}

/** The same, for programs. */
export function findingsJson(findings: Findings): object {
  const { fromMs, toMs, ...rest } = findings;
  const dated = <T extends { readonly atMs: number }>({ atMs, ...others }: T): object => ({ at: new Date(atMs).toISOString(), ...others });
  return {
    format: 1,
    decidedBy: { version, node: process.versions.node, engine: engineFingerprint() },
    ...(fromMs !== undefined && { from: new Date(fromMs).toISOString() }),
    ...(toMs !== undefined && { to: new Date(toMs).toISOString() }),
    ...rest,
    first: rest.first.map(dated),
    firstNumbers: rest.firstNumbers.map(dated),
    failures: rest.failures.map(dated),
  };
}

function differenceLines({ differing, differences, first, failures }: Findings): string[] {
  if (differing === 0) return failures.length > 0 ? [] : ['Every decision, what was remembered of it, and what was emitted are the same, byte for byte.'];
  const shown = first.reduce((count, cycle) => count + cycle.differences.length, 0);
  return [`${counted(differing, 'cycle')} came out otherwise, in ${counted(differences, 'place')}.`, '', ...first.flatMap(cycleLines), ...more(differences - shown, 'place')];
}

function cycleLines(cycle: DifferingCycle): string[] {
  return [
    `${instant(cycle.atMs)}, ${where(cycle)}:`,
    ...cycle.differences.map(({ path, recorded, decided, variant }) => `  ${variant === undefined ? '' : `${variant}: `}${path}: ${shortened(decided)} instead of ${shortened(recorded)}`),
  ];
}

function numberLines({ otherNumbers, firstNumbers, replicasMore, replicasFewer, decisions, cycles }: Findings): string[] {
  if (otherNumbers === 0) return ['Every number of replicas would have been the same.'];
  const mean = (sum: number): string => (sum / cycles).toFixed(2);
  return [
    `${counted(otherNumbers, 'decision')} of ${decisions} would have been another number: on average ${mean(replicasMore)} replicas more and ${mean(replicasFewer)} fewer in each cycle.`,
    dim('Open loop: each is decided from what was truly there, which other numbers would have changed.'),
    '',
    ...firstNumbers.flatMap(otherNumberLines),
    ...more(otherNumbers - firstNumbers.length, 'decision'),
  ];
}

function otherNumberLines({ atMs, variant, recorded, decided, reason, sentences }: OtherNumber): string[] {
  return [`${instant(atMs)}  ${variant}: ${decided ?? 'undecided'} instead of ${recorded ?? 'undecided'} (${reason})`, ...sentences.map((sentence) => `      ${sentence}`)];
}

/** Who recorded, and who decided now: the first question about any difference. */
function authors(headers: readonly RecordHeader[]): string[] {
  const engine = engineFingerprint();
  const here = `version ${version}, engine ${engine}, on Node ${process.versions.node}`;
  if (headers.length === 0) return ['', dim(`The record does not say who wrote it. Decided again by ${here}.`)];
  const writers = [...new Set(headers.map(({ version: theirs, engine: their, node }) => `version ${theirs}, engine ${their}, on Node ${node}`))];
  const others = headers.filter((header) => header.engine !== engine);
  return [
    '',
    dim(`Recorded by ${writers.join('; and by ')}. Decided again by ${here}.`),
    ...(others.length === 0 ? [] : [`${others.length === headers.length ? 'The record is' : 'A part of the record is'} by another engine than this one, so differences may be what was changed since, and no mistake.`]),
  ];
}

function where({ file, line, cycle }: Place): string {
  return `${file}, line ${line}${cycle === undefined ? '' : ` (cycle ${cycle})`}`;
}

function unread({ file, line, why }: Place & { readonly why: string }): string {
  return `${file}, line ${line}: ${why}. The line was passed over.`;
}

function more(count: number, noun: string): string[] {
  return count > 0 ? [`and ${counted(count, `${noun} more`, `${noun}s more`)}.`] : [];
}

function shortened(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
