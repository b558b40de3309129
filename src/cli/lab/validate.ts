import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { errorText } from '../../base/index.ts';
import { validate, type Claim, type ClaimGroup } from '../../lab/validate/index.ts';
import { drawTable, wrap } from './columns.ts';
import { bold } from './style.ts';

export interface ValidateFlags {
  readonly tapes?: string;
  readonly json?: boolean;
  readonly page?: string;
  readonly check?: string;
}

/**
 * `wva lab validate`: prints the table, and writes it as a page or holds it against one.
 * @returns 0; 1 when a claim misses that `--check`'s page says holds, or the page says something else; 2 when a file cannot be read.
 */
export function runValidate(flags: ValidateFlags): number {
  const tapes = flags.tapes ?? process.env['WVA_TAPES'];
  // before half a minute of work
  const page = flags.check === undefined ? undefined : readPage(flags.check);
  if (page !== undefined && typeof page !== 'string') return refused(page.problem);
  if (flags.tapes !== undefined && !existsSync(flags.tapes)) return refused(`--tapes: there is no folder ${flags.tapes}; expected one with recordings, such as wva lab fit reads.`);
  const groups = validate({
    ...(tapes === undefined || tapes === '' ? {} : { tapes }),
    onGroup: (title) => {
      if (process.stderr.isTTY) process.stderr.write(`${title} ...\n`);
    },
  });
  if (flags.json === true) process.stdout.write(`${JSON.stringify(groups, undefined, 2)}\n`);
  else for (const group of groups) process.stdout.write(`${groupText(group)}\n`);
  const claims = groups.flatMap((group) => group.claims);
  const missed = claims.filter(({ verdict }) => verdict === 'misses').length;
  if (flags.json !== true) process.stdout.write(`${claims.length} claims, ${claims.length - missed} hold, ${missed} miss\n`);
  if (flags.page !== undefined) {
    try {
      writeFileSync(flags.page, pageOf(groups));
    } catch (error) {
      return refused(`The page was not written, ${flags.page} cannot be: ${errorText(error)}.`);
    }
  }
  return flags.check === undefined || page === undefined ? 0 : checkPage(flags.check, page, groups);
}

function groupText({ title, about, claims, skipped }: ClaimGroup): string {
  if (skipped !== undefined) return `${title}\n  skipped: ${skipped}\n`;
  const columns = ['claim', 'reference', 'ours', 'difference', 'verdict'].map((name) => ({ title: name }));
  const lines = drawTable(columns, claims.map((one) => ({ cells: [one.claim, one.reference, one.ours, one.difference, one.verdict] })), bold, '  ');
  const whys = claims.flatMap(({ claim, verdict, why }) => (verdict === 'misses' && why !== undefined ? wrap(`${claim}: ${why}`, 110, '  ') : []));
  return [bold(title), ...wrap(about, 110, '  '), ...lines, ...(whys.length === 0 ? [] : ['  Why it misses:', ...whys]), ''].join('\n');
}

/** docs/reference/validation.md, whole. */
export function pageOf(groups: readonly ClaimGroup[]): string {
  const claims = groups.flatMap((group) => group.claims);
  const missed = claims.filter(({ verdict }) => verdict === 'misses').length;
  return [
    '# Validation of the laboratory',
    '',
    'What the simulated servers say, held against what genuine ones, published runs and theory say. Written by `wva lab validate --page`; the same seeds give the same figures on',
    'every machine, and `npm run lab:validate` fails where they differ from this page.',
    '',
    `${claims.length} claims: ${claims.length - missed} hold, ${missed} miss. What misses is left standing here, with why.`,
    '',
    ...groups.flatMap(groupPage),
    'Beside these: in every run of the laboratory each request ends exactly once, tokens in are tokens out, and no KV block is lost, or the run fails. The cluster suite holds the stage\'s PromQL '
      + 'against a genuine Prometheus and its HPA against the genuine controller, and `npm run test:vllm` the product\'s readings against a genuine vLLM\'s clients.',
    '',
  ].join('\n');
}

function groupPage({ title, about, claims, skipped }: ClaimGroup): string[] {
  if (skipped !== undefined) return [`## ${title}`, '', about, '', `Not worked out here: ${skipped}`, ''];
  return [
    `## ${title}`,
    '',
    about,
    '',
    '| Claim | Reference | Ours | Difference | Verdict | |',
    '|---|---|---|---|---|---|',
    ...claims.map(({ claim, reference, ours, difference, verdict, why = '' }) => `| ${[claim, reference, ours, difference, verdict, why].map(cell).join(' | ')} |`),
    '',
  ];
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function refused(sentence: string): number {
  process.stderr.write(`${sentence}\n`);
  return 2;
}

function readPage(path: string): string | { readonly problem: string } {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return { problem: `The page ${path} cannot be read: ${errorText(error)}. wva lab validate --page ${path} writes it.` };
  }
}

function checkPage(path: string, page: string, groups: readonly ClaimGroup[]): number {
  // a group that was skipped here cannot be held against the page
  const said = new Set(page.split('\n'));
  const changed = groups.filter(({ skipped }) => skipped === undefined).flatMap((group) => group.claims.filter((claim) => !said.has(rowOf(claim))));
  if (changed.length === 0) return 0;
  console.error(`${changed.length} claims are not as ${path} has them:\n${changed.map((claim) => `  ${rowOf(claim)}`).join('\n')}\nIf that is meant, write the page anew: wva lab validate --page ${path}.`);
  return 1;
}

function rowOf(claim: Claim): string {
  return groupPage({ title: '', about: '', claims: [claim] })[6] ?? '';
}
