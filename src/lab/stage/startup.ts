import type { Random } from '../../runtime/index.ts';
import type { ScenarioVariant } from '../scenario/scenario.ts';

/**
 * How long one pod takes from being asked for until it is ready, in milliseconds: normal around the mean, never below the lowest,
 * and a share of them (image pulls) so many times as long.
 */
export function drawStartupMs(startup: ScenarioVariant['startup'], random: Random): number {
  const { meanSeconds, standardDeviationSeconds, lowestSeconds, outliers } = startup;
  const seconds = Math.max(0, lowestSeconds, random.normal(meanSeconds, standardDeviationSeconds));
  const takesLong = outliers !== undefined && random.next() < outliers.share;
  return 1000 * (takesLong ? seconds * outliers.factor : seconds);
}
