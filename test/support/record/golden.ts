// Writes test/golden/record.jsonl.zst anew: `npm run record:golden`. Wanted when the engine decides otherwise on purpose, or when what
// it sees has other fields; the difference then belongs to the change.
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { demoScenario } from '../../../src/simulator/index.ts';
import { playWorld } from '../history/world-history.ts';

const file = fileURLToPath(new URL('../../golden/record.jsonl.zst', import.meta.url));
rmSync(file, { force: true });
// the load of the demo climbs within the first minute, and both models grow
await playWorld({ scenario: demoScenario, seconds: 75, startMs: Date.UTC(2026, 0, 31, 12), kubeStateMetrics: false, intervalMs: 10_000, seed: 'golden', flags: { record: file } });
