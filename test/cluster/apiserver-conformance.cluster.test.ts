import { expect, it } from 'vitest';
import { apiserverSteps, runSteps, startSimulated, titleOf } from '../support/conformance/index.ts';
import { describeGenuine, startControlPlane } from '../support/genuine/index.ts';

// Neither server has controllers behind it, so that both show only what they do themselves.
describeGenuine('the simulated API server beside the genuine one', ['etcd', 'kube-apiserver', 'kubectl'], () => {
  it('shows a client the same for every command and request', { timeout: 600_000 }, async () => {
    const [genuine, simulated] = await Promise.all([seenByGenuine(), seenBySimulated()]);
    const rows = apiserverSteps.map((step, index) => ({ title: titleOf(step), genuine: genuine[index]?.text, simulated: simulated[index]?.text }));
    const different = rows.filter((row) => row.genuine !== row.simulated);
    for (const { title, ...row } of rows) console.log(`${row.genuine === row.simulated ? 'equal    ' : 'DIFFERENT'} ${title.replaceAll(/\s+/g, ' ').slice(0, 140)}`);
    console.log(`RESULT ${JSON.stringify({ bench: 'apiserver-conformance', steps: rows.length, equal: rows.length - different.length })}`);
    expect(rows.length).toBeGreaterThanOrEqual(60);
    for (const { title, simulated: ours, genuine: theirs } of different) expect.soft(ours, title).toBe(theirs);
  });
});

async function seenByGenuine(): ReturnType<typeof runSteps> {
  const plane = await startControlPlane({ controllers: false, users: [{ name: 'viewer' }] });
  try {
    return await runSteps(apiserverSteps, plane);
  } finally {
    await plane.stop();
  }
}

async function seenBySimulated(): ReturnType<typeof runSteps> {
  const server = await startSimulated();
  try {
    return await runSteps(apiserverSteps, server);
  } finally {
    await server.stop();
  }
}
