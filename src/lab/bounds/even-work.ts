/**
 * The most even way to do work that comes in spans of equal length, where none is done before its span and each at the latest `late` spans after it: the taut string
 * between what has come and what must be done. Whatever else keeps to both costs at least as much in any price that rises with the work of a span, the same in all of them
 * (it majorises this: Hardy, Littlewood and Pólya).
 * @returns work of each span, `late` of them after the last in which some came.
 */
export function evenWork(comes: readonly number[], late: number): number[] {
  const spans = comes.length + late;
  const upper = [0];
  for (let span = 0; span < spans; span++) upper.push((upper[span] ?? 0) + (comes[span] ?? 0));
  const lower = upper.map((_, end) => upper[Math.max(0, end - late)] ?? 0);
  const done: number[] = [];
  let at = 0;
  let height = 0;

  function go(to: number, slope: number, reached: number): void {
    while (at < to) {
      done.push(slope);
      at += 1;
    }
    height = reached;
  }

  while (at < spans) {
    let [ceiling, ceilingAt, floor, floorAt] = [Infinity, at, -Infinity, at];
    const begun = at;
    for (let end = begun + 1; end <= spans && at === begun; end++) {
      const highest = ((end === spans ? (lower[end] ?? 0) : (upper[end] ?? 0)) - height) / (end - begun);
      const lowest = ((lower[end] ?? 0) - height) / (end - begun);
      if (lowest > ceiling) go(ceilingAt, ceiling, upper[ceilingAt] ?? 0);
      else if (highest < floor) go(floorAt, floor, lower[floorAt] ?? 0);
      else {
        if (highest <= ceiling) [ceiling, ceilingAt] = [highest, end];
        if (lowest >= floor) [floor, floorAt] = [lowest, end];
        if (end === spans) go(spans, Math.max(0, lowest), lower[end] ?? 0);
      }
    }
  }
  return done;
}
