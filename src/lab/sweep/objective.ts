/** One part of the static fleet's money weighs as much as `moneyWeight` of the requests. */
const moneyWeight = 0.2;

/** How settings are judged, in words. */
export const objective = `attainment - ${moneyWeight} money / money of the static fleet that meets the SLOs, mean over scenarios and seeds`;

/**
 * Score of one policy in one scenario: what it reaches less what it costs. With a weight of 0.2 one percent of the requests
 * within their SLOs is worth five percent of a static fleet; that fleet itself has 0.8, and a policy is better than it only where it saves more than its
 * misses are worth.
 *
 * @param attainment Fraction of requests within both SLOs.
 * @param money What it cost.
 * @param staticMoney What the static fleet cost over the same load.
 */
export function scoreOf(attainment: number, money: number, staticMoney: number): number {
  return attainment - (moneyWeight * money) / staticMoney;
}
