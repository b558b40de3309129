import { styleText } from 'node:util';
import { rounded } from '../../base/index.ts';
import type { Decision } from '../../model/index.ts';
import type { TargetStats, TrafficStats, WorldStats } from '../../simulator/index.ts';

/** All that one picture of the demo shows. */
export interface Picture {
  readonly elapsedMs: number;
  readonly stats: WorldStats;
  readonly decisions: readonly Decision[];
  /** The last decision that changed a number, in words, with its time since the start. */
  readonly news: readonly { readonly atMs: number; readonly text: string }[];
  readonly addresses: readonly (readonly [string, string])[];
}

/** The live view, line by line. Colours only where `colours` says that they can be shown. */
export function drawView({ elapsedMs, stats, decisions, news, addresses }: Picture, colours: boolean): string {
  const bold = (text: string): string => (colours ? styleText('bold', text) : text);
  const dim = (text: string): string => (colours ? styleText('dim', text) : text);
  const lines = [
    `${bold('Workload Variant Autoscaler')}, demo, ${seconds(elapsedMs)} s ${dim(`cost so far ${rounded(stats.cost, 3)}`)}`,
    '',
    bold(row(modelColumns, ['model', 'load/s', 'in flight', 'TTFT p50/p99', 'per token p50/p99', 'done', 'lost'])),
    ...stats.traffic.map((traffic) => row(modelColumns, modelCells(traffic))),
    '',
    bold(row(variantColumns, ['scale target', 'on', 'asked', 'ready', 'starting', 'desired', 'KV', 'waiting', '  why'])),
    ...stats.targets.map((target) => row(variantColumns, variantCells(target, decisions))),
    '',
    bold('last decisions'),
    ...(news.length === 0 ? [dim('  none has changed a number yet')] : news.map(({ atMs, text }) => `  ${dim(`${seconds(atMs)} s`)} ${text}`)),
    '',
    ...addresses.map(([name, address]) => `${dim(name.padEnd(22))}${address}`),
  ];
  return lines.join('\n');
}

const modelColumns = [34, -7, -10, -16, -19, -7, -6] as const;
const variantColumns = [32, 8, -7, -7, -10, -9, -7, -9, 22] as const;

function modelCells({ modelID, offeredPerSecond, inFlight, ttftSeconds, tpotSeconds, completions, lost }: TrafficStats): string[] {
  const pair = (both: { p50: number; p99: number } | undefined): string => (both ? `${milliseconds(both.p50)}/${milliseconds(both.p99)} ms` : '-');
  return [modelID, rounded(offeredPerSecond, 1), String(inFlight), pair(ttftSeconds), pair(tpotSeconds), String(completions), String(lost)];
}

function variantCells({ namespace, name, accelerator, specReplicas, readyReplicas, startingReplicas }: TargetStats, decisions: readonly Decision[]): string[] {
  const decision = decisions.find(({ variant }) => variant.namespace === namespace && variant.target.name === name);
  const { kvUsedFraction, waiting } = decision?.load ?? {};
  return [
    name,
    accelerator,
    String(specReplicas),
    String(readyReplicas),
    String(startingReplicas),
    decision?.desired === undefined ? '-' : String(decision.desired),
    kvUsedFraction === undefined ? '-' : `${Math.round(kvUsedFraction * 100)} %`,
    waiting === undefined ? '-' : rounded(waiting, 0),
    decision ? `  ${decision.reason}` : '',
  ];
}

/** Cells in columns: a negative width is set to the right. */
export function row(columns: readonly number[], cells: readonly string[]): string {
  return cells.map((cell, index) => {
    const width = columns[index] ?? 10;
    const text = cell.length > Math.abs(width) ? `${cell.slice(0, Math.abs(width) - 1)}…` : cell;
    return width < 0 ? text.padStart(-width) : text.padEnd(width);
  }).join('').trimEnd();
}

function milliseconds(value: number): string {
  return String(Math.round(value * 1000));
}

function seconds(ms: number): string {
  return String(Math.round(ms / 1000));
}
