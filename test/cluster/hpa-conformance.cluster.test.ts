import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { differences, hpaSequences, runGenuine, runSimulated, tableOf } from '../support/conformance/index.ts';
import { controlPlaneParts, describeGenuine } from '../support/genuine/index.ts';

describeGenuine('the simulated HorizontalPodAutoscaler beside the genuine one', controlPlaneParts, () => {
  it(`does the same in ${hpaSequences.length} scripted sequences`, async () => {
    const [genuine, simulated] = await Promise.all([runGenuine(hpaSequences), runSimulated(hpaSequences)]);
    console.log(tableOf(genuine, simulated.map(([last]) => last)));
    if (process.env['UPDATE_GOLDEN'] === '1') {
      writeFileSync(new URL('../golden/hpa-sequences.json', import.meta.url), `${JSON.stringify(genuine, undefined, 1)}\n`);
    }
    const differing = genuine.flatMap((outcome, index) => differences(outcome, simulated[index] ?? []));
    const same = genuine.length - new Set(differing.map((line) => line.split(':')[0])).size;
    console.log(`RESULT ${JSON.stringify({ suite: 'hpa-conformance', sequences: genuine.length, same })}`);
    expect(differing).toEqual([]);
  });
});
