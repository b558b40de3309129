import { writeFileSync } from 'node:fs';
import { logUpdateStderr } from 'log-update';
import { errorText } from '../../base/index.ts';
import { chooseStages, claimsOf, fitServer, predictTape, readPlan, readTape, stagesOf, TapeError, wholeOf } from '../../lab/fit/index.ts';
import type { FitSource, FittedServer, ServerLimits, Stage, Tape } from '../../lab/fit/index.ts';
import type { Claim } from '../../lab/validate/index.ts';
import { drawTable, wrap } from './columns.ts';
import { bold, dim } from './style.ts';

interface FitFlags {
  readonly predict?: readonly string[];
  readonly stages?: string;
  readonly plan?: string;
  readonly metricsOnly?: boolean;
  readonly maxSequences?: string;
  readonly tokenBudget?: string;
  readonly kvBlocks?: string;
  readonly name?: string;
  readonly seed?: string;
  readonly json?: boolean;
  readonly out?: string;
  readonly strict?: boolean;
}

/**
 * `wva lab fit`.
 * @returns 0; 1 with `--strict` when a prediction is outside its tolerance; 2 when a recording or an option cannot be used.
 */
export function runFit(folders: readonly string[], flags: FitFlags): number {
  try {
    return fitAndPredict(folders, flags);
  } catch (error) {
    if (!(error instanceof TapeError || error instanceof RangeError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
}

function fitAndPredict(folders: readonly string[], flags: FitFlags): number {
  const tapes = folders.map(readTape);
  const others = (flags.predict ?? []).map(readTape);
  for (const { problems } of [...tapes, ...others]) for (const problem of problems) process.stderr.write(`${problem}\n`);
  const limits: Partial<ServerLimits> = {
    ...whole('--max-sequences', 'maxSequences', flags.maxSequences),
    ...whole('--token-budget', 'tokenBudget', flags.tokenBudget),
    ...whole('--kv-blocks', 'kvBlocks', flags.kvBlocks),
  };
  const plan = flags.plan === undefined ? undefined : readPlan(flags.plan);
  const chosen = tapes.map((tape) => splitStages(tape, flags.stages, plan));
  const sources: FitSource[] = tapes.map((tape, index) => ({ tape, stages: chosen[index]?.fitted ?? [] }));
  const fitted = fitServer(sources, { limits, metricsOnly: flags.metricsOnly ?? false, seed: flags.seed ?? 'fit', onProgress: showProgress });
  if (process.stderr.isTTY) logUpdateStderr.clear();
  const claims = [
    ...tapes.flatMap((tape, index) => {
      const rest = chosen[index]?.others ?? [];
      return rest.length === 0 ? [] : claimsOf(predictTape(fitted.profile, tape, rest, limits), `${tape.name}, stages ${rest.map(({ number }) => number).join(' ')}`);
    }),
    ...others.flatMap((tape) => claimsOf(predictTape(fitted.profile, tape, wholeOf(tape), limits), tape.name)),
  ];
  const again = tapes.flatMap((tape, index) => claimsOf(predictTape(fitted.profile, tape, chosen[index]?.fitted ?? [], limits), `${tape.name}${flags.stages === undefined ? '' : ', stages that were fitted'}`));
  const result = { name: flags.name ?? 'recorded', serving: { ...fitted.profile, modelID: flags.name ?? fitted.profile.modelID }, acceleratorsPerReplica: 1, errors: fitted.errors, distance: fitted.distance, notes: fitted.notes, predicted: claims, fitted: again };
  if (flags.out !== undefined) writeResult(flags.out, result);
  if (flags.json === true) process.stdout.write(`${JSON.stringify(result, undefined, 2)}\n`);
  else process.stdout.write(`${asText(fitted, tapes, chosen, claims, again)}\n`);
  return flags.strict === true && claims.some(({ verdict }) => verdict === 'misses') ? 1 : 0;
}

interface Split {
  readonly all: readonly Stage[];
  readonly fitted: readonly Stage[];
  readonly others: readonly Stage[];
}

function splitStages(tape: Tape, chosen: string | undefined, plan: readonly Stage[] | undefined): Split {
  const all = plan ?? stagesOf(tape);
  if (chosen === undefined) return { all, fitted: wholeOf(tape), others: [] };
  const fitted = chooseStages(chosen, all);
  return { all, fitted, others: all.filter((stage) => !fitted.includes(stage)) };
}

function whole(flag: string, key: keyof ServerLimits, value: string | undefined): Partial<ServerLimits> {
  if (value === undefined) return {};
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new RangeError(`${flag}: expected a whole number from 1, found "${value}".`);
  return { [key]: number };
}

function showProgress(done: number): void {
  if (!process.stderr.isTTY) return;
  const width = 40;
  const filled = Math.round(width * done);
  // a table or JSON on standard output may go to a file meanwhile
  logUpdateStderr(`${'█'.repeat(filled)}${'░'.repeat(width - filled)} fitting, ${Math.round(100 * done)} %`);
}

function writeResult(path: string, result: object): void {
  try {
    writeFileSync(path, `${JSON.stringify(result, undefined, 2)}\n`);
  } catch (error) {
    throw new RangeError(`--out: ${path} cannot be written (${errorText(error)}).`);
  }
}

function asText(fitted: FittedServer, tapes: readonly Tape[], splits: readonly Split[], claims: readonly Claim[], again: readonly Claim[]): string {
  const { profile, errors } = fitted;
  const digits = (value: number): string => (value === 0 ? '0' : Number(value.toPrecision(3)).toString());
  const parameters: readonly (readonly [string, number | undefined, string, number?])[] = [
    ['base', profile.baseMs, 'ms an iteration', errors.baseMs],
    ['per sequence', profile.perSequenceMs, 'ms', errors.perSequenceMs],
    ['per resident KV token', 1000 * profile.perResidentTokenMs, 'µs', 1000 * errors.perResidentTokenMs],
    ['per prefill token', 1000 * profile.perPrefillTokenMs, 'µs'],
    ['network', profile.networkMs, 'ms that the client sees more than the engine works'],
    ['pauses', profile.pausesPerSecond, 'in a second of work'],
    ['length of a pause', profile.pauseMs, 'ms on average'],
  ];
  const columns = ['claim', 'reference', 'ours', 'difference', 'verdict'].map((title) => ({ title }));
  const table = (rows: readonly Claim[]): readonly string[] => drawTable(columns, rows.map((one) => ({ cells: [one.claim, one.reference, one.ours, one.difference, one.verdict] })), bold, '  ');
  const whys = claims.flatMap(({ claim, why }) => (why === undefined ? [] : wrap(`${claim}: ${why}`, 110, '  ')));
  const missed = claims.filter(({ verdict }) => verdict === 'misses').length;
  return [
    ...tapes.map((tape, index) => {
      const { all = [] } = splits[index] ?? {};
      const shown = all.map(({ number, fromSeconds, toSeconds, perSecond }) => `${number}: ${Math.round(fromSeconds)}-${Math.round(toSeconds)} s ${digits(perSecond)}/s`).join(', ');
      return `${bold(tape.name)}  ${tape.pages.length} pages, ${tape.requests === undefined ? 'no log' : `${tape.requests.length} requests`}; stages ${shown}`;
    }),
    ...fitted.notes.flatMap((note) => wrap(note, 110, '  ')).map(dim),
    '',
    ...drawTable([{ title: 'parameter' }, { title: 'value', align: 'right' }, { title: '±', align: 'right' }, { title: '' }], parameters.map(([name, value = 0, unit, error]) => ({ cells: [name, digits(value), error === undefined ? '' : digits(error), unit] })), bold, '  '),
    '',
    'What it was fitted on:',
    ...table(again),
    ...(claims.length === 0
      ? ['', 'Nothing was predicted: give other recordings with --predict, or --stages to keep some back. What a model was fitted on proves little.']
      : ['', 'What it had not seen:', ...table(claims), ...(whys.length === 0 ? [] : ['', '  Why it misses:', ...whys]), '', `${claims.length} predictions, ${claims.length - missed} hold, ${missed} miss`]),
  ].join('\n');
}
