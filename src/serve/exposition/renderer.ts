import type { ReplicaSeries, SeriesSnapshot, ScalingCount } from '../../model/index.ts';
import { ByteText, encoded } from './byte-text.ts';
import { labelSet, sampleValue } from './escape.ts';
import { type ExpositionFormat, familyHead } from './families.ts';

/** Renders replica series; keeps what does not change between renders. */
export interface Exposition {
  /** The families in full as UTF-8, without OpenMetrics' end mark. An unknown snapshot gives no line at all. */
  render(snapshot: SeriesSnapshot | undefined, scalings: readonly ScalingCount[], format?: ExpositionFormat): Buffer;
}

/** The part of each line that stays while a series lives, `name{labels} `, as bytes. */
interface Lines {
  readonly series: ReplicaSeries;
  readonly desired: Uint8Array;
  readonly current: Uint8Array;
  readonly ratio: Uint8Array;
  readonly decidedAt: Uint8Array;
  readonly held: Uint8Array;
  readonly info: Uint8Array;
  readonly target: TargetLine;
  round: number;
}

interface TargetLine {
  readonly prefix: Uint8Array;
  /** Over the series of the round in which it was last met. */
  sum: number;
  round: number;
  written: number;
}

/**
 * Renders in one pass per family. Escaping and joining labels is nearly all of the work of an exposition, and
 * labels hardly ever change, so each series' prefixes are kept. A series is first looked for at the
 * place where it stood in the last render (a comparison of strings, no hashing), then by its key.
 *
 * @param options.variantNameLabel - adds `variant_name` to the replica series and the scaling counter.
 */
export function createExposition(options: { readonly variantNameLabel: boolean }): Exposition {
  const values = createValues();
  let known = new Map<string, Lines>();
  let targets = new Map<string, TargetLine>();
  let order: Lines[] = [];
  let round = 0;
  let lastLength = 0;

  function identity(series: ReplicaSeries): Record<string, string> {
    return {
      target_name: series.targetName,
      target_kind: series.targetKind,
      namespace: series.namespace,
      accelerator_type: series.acceleratorType,
      ...(options.variantNameLabel && { variant_name: series.variantName }),
    };
  }

  function linesOf(series: ReplicaSeries): Lines {
    const labels = labelSet(identity(series));
    const info = labelSet({
      ...identity(series),
      variant_name: series.variantName,
      model_name: series.modelName,
      role: series.role,
      cost: sampleValue(series.costPerHour),
    });
    return {
      series,
      desired: encoded(`wva_desired_replicas${labels} `),
      current: encoded(`wva_current_replicas${labels} `),
      ratio: encoded(`wva_desired_ratio${labels} `),
      decidedAt: encoded(`wva_desired_replicas_timestamp_seconds${labels} `),
      held: encoded(`wva_desired_replicas_held${labels} `),
      info: encoded(`wva_variant_info${info} `),
      target: targetOf(series),
      round: 0,
    };
  }

  function targetOf(series: ReplicaSeries): TargetLine {
    const key = `${series.namespace}\n${series.targetKind}\n${series.targetName}`;
    let target = targets.get(key);
    if (target === undefined) {
      const labels = labelSet({ target_name: series.targetName, target_kind: series.targetKind, namespace: series.namespace });
      target = { prefix: encoded(`wva_target_desired_replicas${labels} `), sum: 0, round: 0, written: 0 };
      targets.set(key, target);
    }
    return target;
  }

  /** The lines of a series, or `undefined` where another series of this round has the same labels. */
  function find(series: ReplicaSeries, hint: Lines | undefined): Lines | undefined {
    if (hint !== undefined && sameLabels(hint.series, series)) return hint.round === round ? undefined : hint;
    const key = `${series.namespace}\n${series.targetKind}\n${series.targetName}\n${series.acceleratorType}`;
    const old = known.get(key);
    if (old !== undefined) {
      if (old.round === round) return undefined;
      if (sameLabels(old.series, series)) return old;
      old.round = round; // replaced: it may still be somebody's hint
    }
    const lines = linesOf(series);
    known.set(key, lines);
    return lines;
  }

  /**
   * Each series beside its lines, with the sums of the targets brought up to date. Two lines with the same labels
   * would make Prometheus refuse the whole scrape, so of two such series the first one counts.
   */
  function align(all: readonly ReplicaSeries[]): readonly ReplicaSeries[] {
    round += 1;
    const kept: ReplicaSeries[] = [];
    const aligned: Lines[] = [];
    for (let i = 0; i < all.length; i++) {
      const series = all[i] as ReplicaSeries;
      const lines = find(series, order[i]);
      if (lines === undefined) continue;
      lines.round = round;
      const { target } = lines;
      target.sum = target.round === round ? target.sum + series.desired : series.desired;
      target.round = round;
      aligned.push(lines);
      kept.push(series);
    }
    order = aligned;
    if (known.size > 2 * aligned.length + 64) {
      // lets go of the series that are gone, once they are more than those that live
      known = new Map([...known].filter(([, lines]) => lines.round === round));
      targets = new Map([...targets].filter(([, target]) => target.round === round));
    }
    return kept;
  }

  return {
    render(snapshot, scalings, format = 'text') {
      if (snapshot === undefined) return Buffer.alloc(0);
      const all = align(snapshot.series);
      const count = all.length;
      const text = new ByteText(lastLength + lastLength / 8);

      text.addText(familyHead('wva_desired_replicas', format));
      for (let i = 0; i < count; i++) text.addLine((order[i] as Lines).desired, values.of((all[i] as ReplicaSeries).desired));
      text.addText(familyHead('wva_current_replicas', format));
      for (let i = 0; i < count; i++) text.addLine((order[i] as Lines).current, values.of((all[i] as ReplicaSeries).current));
      text.addText(familyHead('wva_desired_ratio', format));
      for (let i = 0; i < count; i++) text.addLine((order[i] as Lines).ratio, values.of(desiredRatio(all[i] as ReplicaSeries)));
      text.addText(familyHead('wva_desired_replicas_timestamp_seconds', format));
      for (let i = 0; i < count; i++) text.addLine((order[i] as Lines).decidedAt, values.of(snapshot.atMs / 1000));
      text.addText(familyHead('wva_desired_replicas_held', format));
      for (let i = 0; i < count; i++) text.addLine((order[i] as Lines).held, values.of((all[i] as ReplicaSeries).held ? 1 : 0));
      text.addText(familyHead('wva_target_desired_replicas', format));
      for (let i = 0; i < count; i++) {
        const { target } = order[i] as Lines;
        if (target.written === round) continue; // with another accelerator of it
        target.written = round;
        text.addLine(target.prefix, values.of(target.sum));
      }
      text.addText(familyHead('wva_variant_info', format));
      for (let i = 0; i < count; i++) text.addLine((order[i] as Lines).info, values.of(1));
      text.addText(familyHead('wva_replica_scaling_total', format));
      for (const scaling of scalings) {
        const labels = labelSet({ ...identity(scaling.series), direction: `scale-${scaling.direction}`, reason: scaling.reason });
        text.addText(`wva_replica_scaling_total${labels} ${sampleValue(scaling.count)}\n`);
      }
      lastLength = text.length;
      return text.finished();
    },
  };
}

/** Desired over current; the desired count itself where there is nothing yet. */
export function desiredRatio(series: Pick<ReplicaSeries, 'current' | 'desired'>): number {
  return series.current === 0 ? series.desired : series.desired / series.current;
}

/** Values as text. Replica counts and their ratios are few different numbers, so each is written out once. */
function createValues(): { of(value: number): Uint8Array } {
  const most = 4096;
  let texts = new Map<number, Uint8Array>();
  let last = Number.NaN;
  let lastText: Uint8Array = encoded('NaN');
  return {
    of(value) {
      if (value === last) return lastText;
      let text = texts.get(value);
      if (text === undefined) {
        text = encoded(sampleValue(value));
        if (texts.size >= most) texts = new Map();
        texts.set(value, text);
      }
      last = value;
      lastText = text;
      return text;
    },
  };
}

function sameLabels(a: ReplicaSeries, b: ReplicaSeries): boolean {
  return (
    a === b ||
    (a.targetName === b.targetName &&
      a.acceleratorType === b.acceleratorType &&
      a.namespace === b.namespace &&
      a.targetKind === b.targetKind &&
      a.variantName === b.variantName &&
      a.modelName === b.modelName &&
      a.costPerHour === b.costPerHour &&
      a.role === b.role)
  );
}
