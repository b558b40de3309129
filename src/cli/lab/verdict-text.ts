import { demands, promptHoldSeconds, type BetterPolicy, type InformedShare, type MixCost, type OneVariantResult, type ScenarioVerdict, type Verdict } from '../../lab/verdict/index.ts';
import { drawTable, wrap, type Row } from './columns.ts';
import { amount, counted, percent, signedPercent } from './figures.ts';
import { bold, dim, green } from './style.ts';

/** Characters of a line of text; tables may be wider. */
const width = 110;

/** The whole verdict for people: a table of scenarios, then each demand with its figure, whether it holds, and the numbers behind it. */
export function verdictText(verdict: Verdict): string {
  return [...scenarioTable(verdict.scenarios), '', ...rampLines(verdict), ...dominatedLines(verdict), ...goodputLines(verdict), ...acceleratorLines(verdict), ...noiseLines(verdict), ...silenceLines(verdict), ''].join('\n');
}

/** The last line, for programs. Figures that nothing was played for are absent. */
export function resultLine({ ramp, dominated, goodputPerMoney, twoAccelerators, noise, silence, scenarios }: Verdict): string {
  const figures: Readonly<Record<string, number | undefined>> = {
    rampAttainment: ramp?.attainment.mean,
    rampReplicas: ramp?.replicas.mean,
    dominatedIn: dominated?.in.length,
    goodputPerMoney: goodputPerMoney?.mean,
    goodputPerMoneyInformed: goodputPerMoney?.informed?.ofClairvoyant,
    twoAcceleratorCost: twoAccelerators?.worst,
    reversalsPerDay: noise?.reversalsPerDay.mean,
    heldOutDifference: goodputPerMoney?.difference,
    twoAcceleratorCostOfLeast: twoAccelerators?.worstOfLeast,
    replicasLostInSilence: silence?.replicasLost,
    heldAfterSeconds: silence?.heldAfterSeconds,
    scenarios: scenarios.length,
    seeds: Math.max(0, ...scenarios.map(({ seeds }) => seeds)),
  };
  return `RESULT ${JSON.stringify({ bench: 'verdict', ...Object.fromEntries(Object.entries(figures).flatMap(([name, value]) => (value === undefined ? [] : [[name, Number(value.toFixed(4))]]))) })}`;
}

function scenarioTable(scenarios: readonly ScenarioVerdict[]): readonly string[] {
  const mark = { within: '', above: ' a', below: ' b' };
  const rows = scenarios.map(({ scenario, usedInDesign, seeds, attainment, money, share, better, betterFleets, others }): Row => ({
    cells: [
      scenario,
      usedInDesign ? 'design' : 'held out',
      String(seeds),
      percent(attainment),
      amount(money),
      share === undefined ? '-' : share.clairvoyantMoney.toFixed(2),
      share === undefined ? '-' : `${share.share.toFixed(3)}${mark[share.place]}`,
      share?.informedMoney === undefined ? '-' : share.informedMoney.toFixed(2),
      others === 0 ? 'not compared' : named(better, others),
      named(betterFleets, 1),
    ],
  }));
  const table = drawTable(
    [
      { title: 'scenario' }, { title: 'kind' }, { title: 'seeds', align: 'right' }, { title: 'attainment', align: 'right' }, { title: 'money', align: 'right' },
      { title: 'clairvoyant', align: 'right' }, { title: 'share' }, { title: 'informed', align: 'right' }, { title: 'better on both', widest: 44 }, { title: 'fleets that are' },
    ],
    rows,
    bold,
  );
  return [
    ...table,
    ...wrap('Clairvoyant: money of the cheapest plan that knows the future, at our attainment; share: that in parts of our money. a: no plan attains as much, the best one counts; b: every plan attains more, the cheapest counts. '
      + 'Informed: money of the cheapest rule that knows all of the present and nothing of the future, at our attainment. '
      + 'Better on both: how many policies of other systems have higher attainment for less money beyond chance, and in brackets those that may have it by chance, with the cheapest of them.', width).map(dim),
  ];
}

function named(better: readonly BetterPolicy[], others: number): string {
  if (others === 0) return '-';
  const certain = better.filter((one) => one.certain).length;
  const [first] = better;
  return first === undefined ? '0' : `${certain}${better.length > certain ? ` (${better.length - certain})` : ''}: ${first.policy}`;
}

function line(holds: boolean | undefined, text: string, ...details: readonly string[]): readonly string[] {
  const word = holds === undefined ? dim('not known') : holds ? green('holds    ') : bold('BROKEN   ');
  return [...wrap(text, width - 11).map((one, index) => `${index === 0 ? word : '         '}  ${one}`), ...details.flatMap((detail) => wrap(detail, width - 13).map((one) => `             ${dim(one)}`))];
}

function rampLines({ ramp }: Verdict): readonly string[] {
  const asked = `The published ramp: attainment of at least ${fraction(demands.rampAttainment)} at no more than ${demands.rampReplicas} replicas on average`;
  return ramp === undefined
    ? line(undefined, `${asked}: it was not played.`)
    : line(ramp.holds, `${asked}: ${percent(ramp.attainment)} at ${amount(ramp.replicas)} replicas, ${counted(ramp.seeds, 'seed')}.`);
}

function dominatedLines({ dominated, scenarios }: Verdict): readonly string[] {
  const asked = 'No policy of another system is better on both attainment and money';
  if (dominated === undefined) return line(undefined, `${asked}: no other policy was played.`);
  const pairs = scenarios.flatMap(({ scenario, better }) => better.filter(({ certain }) => certain).map((one) => `${scenario}: ${one.policy}, ${difference(one)}`));
  const perhaps = dominated.perhapsIn.length === 0 ? [] : [`In the mean only, and not beyond chance, in ${counted(dominated.perhapsIn.length, 'scenario')} more: ${dominated.perhapsIn.join(', ')}.`];
  const fleets = dominated.byFleetIn.length === 0
    ? 'No static fleet is either.'
    : `Static fleets, of which each knows beforehand how many it takes, are in ${dominated.byFleetIn.length}: ${dominated.byFleetIn.join(', ')}.`;
  return line(dominated.holds, `${asked}: one is in ${dominated.in.length} of ${counted(dominated.compared, 'scenario')}.`, ...pairs, ...perhaps, fleets);
}

function difference({ difference: { attainment, money, seeds } }: BetterPolicy): string {
  return `attainment ${signedPercent(attainment, ' points')}, money ${signedPercent(money)}, ${counted(seeds, 'seed')}`;
}

function goodputLines({ goodputPerMoney: found }: Verdict): readonly string[] {
  const asked = `Goodput per money at least ${demands.goodputPerMoney} of the clairvoyant plan's at the same attainment, averaged over scenarios`;
  if (found === undefined) return line(undefined, `${asked}: no plan was played.`);
  const apart = `Scenarios not used in design no more than ${demands.heldOutDifference} below those that were`;
  return [
    ...line(found.holds, `${asked}: ${found.mean.toFixed(3)}.`, ...(found.informed === undefined ? [] : [informedText(found.informed)])),
    ...(found.difference === undefined
      ? line(undefined, `${apart}: scenarios of one kind only were played.`)
      : line(found.differenceHolds, `${apart}: ${found.heldOut?.toFixed(3)} held out, ${found.usedInDesign?.toFixed(3)} used in design, a difference of ${found.difference.toFixed(3)}.`)),
  ];
}

/** How much of the distance is foresight. */
function informedText({ scenarios, ofClairvoyant, ours }: InformedShare): string {
  return `Without foresight: rules that know all of the present (the work of each request as it comes, what a replica carries, no faults of metrics), each scenario's best chosen after the fact, have ${ofClairvoyant.toFixed(3)} in the ${counted(scenarios, 'scenario')} where one attains as much; ours has ${ours.toFixed(3)} there.`;
}

function acceleratorLines({ twoAccelerators: found }: Verdict): readonly string[] {
  const asked = `Several accelerators: at most ${demands.twoAcceleratorCost.toFixed(2)} of the clairvoyant plan's money at the same attainment`;
  const cheaper = 'Several accelerators: cheaper than every policy that uses one of them';
  if (found === undefined) return [...line(undefined, `${asked}: no such scenario was played.`), ...line(undefined, `${cheaper}: no such scenario was played.`)];
  const worst = found.worst === undefined ? 'no plan was played' : `${found.worst.toFixed(3)}${found.scenarios.length > 1 ? ', the worst of them' : ''}`;
  return [
    ...line(found.holds, `${asked}: ${worst}.`, ...found.scenarios.map(costText)),
    ...line(found.cheaperThanOne, `${cheaper}${found.cheaperThanOne === undefined ? ': nobody has played with one only.' : found.cheaperThanOne ? '.' : ': one is cheaper.'}`, ...found.scenarios.flatMap(aloneText)),
  ];
}

function costText({ scenario, attainment, money, ofLeast, ofClairvoyant }: MixCost): string {
  const parts = [
    ...(ofClairvoyant === undefined ? [] : [`${ofClairvoyant.toFixed(3)} of the clairvoyant plan's`]),
    ...(ofLeast === undefined ? [] : [`${ofLeast.toFixed(3)} of what no plan can undercut (parts of replicas, ready at once)`]),
  ];
  return `${scenario}: ${money.toFixed(3)} of money at ${fraction(attainment)}${parts.length === 0 ? '' : `, ${parts.join(', ')}`}.`;
}

function aloneText({ scenario, money, cheapestAlone, oursAlone, allowed }: MixCost): readonly string[] {
  const result = ({ policy, variant, attainment, money: its }: OneVariantResult): string => `${policy} on ${variant} ${its.toFixed(3)} at ${fraction(attainment)}`;
  return [
    cheapestAlone === undefined
      ? `${scenario}: nobody with one variant attains as much.`
      : `${scenario}: ${(money / cheapestAlone.money).toFixed(3)} of the cheapest with one variant that attains as much (${result(cheapestAlone)}).`,
    ...(oursAlone.length === 0 ? [] : [`Ours alone: ${oursAlone.map(result).join('; ')}.`]),
    ...(allowed === undefined ? [] : [`The prices allow ${allowed.toFixed(3)}: the clairvoyant plan for all variants in parts of the one for the cheapest variant alone.`]),
  ];
}

function noiseLines({ noise }: Verdict): readonly string[] {
  const asked = 'Constant load with noise for a day: no reversal';
  return noise === undefined
    ? line(undefined, `${asked}: it was not played.`)
    : line(noise.holds, `${asked}: ${amount(noise.reversalsPerDay)} a day over ${counted(noise.seeds, 'seed')}, ${noise.most} at most.`);
}

function silenceLines({ silence }: Verdict): readonly string[] {
  const asked = `Metrics lost in a burst: no replica lost, and the hold stands in status within one cycle of the first scrape that fails (${promptHoldSeconds} s at most)`;
  if (silence === undefined) return line(undefined, `${asked}: no such scenario was played.`);
  const held = silence.heldAfterSeconds === undefined ? 'a hold was not always seen' : `held after ${silence.heldAfterSeconds.toFixed(1)} s at most`;
  return line(silence.holds, `${asked}: ${counted(silence.replicasLost, 'replica')} lost, ${held}, ${counted(silence.seeds, 'run')}.`);
}

function fraction(value: number): string {
  return `${(value * 100).toFixed(2).replace(/0?0$|\.$/, '').replace(/\.$/, '')} %`;
}
