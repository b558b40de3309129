import { readFile } from 'node:fs/promises';
import { explainPolicy, readPolicy, sourcesInText, writtenPolicy, type Explained, type PolicyReading, type PolicySource } from '../../config/index.ts';
import { policyForModel } from '../../model/index.ts';
import { configMapPlaces } from '../history/policy-file.ts';

export interface CheckFlags {
  readonly explain?: string;
  readonly namespace?: string;
  readonly configMap?: string;
  readonly json?: boolean;
}

/** `wva check-config`. Resolves to the exit status: 1 when anything would be refused, 2 when it cannot be asked that way. */
export async function checkConfig(files: readonly string[], flags: CheckFlags): Promise<number> {
  const slash = flags.explain?.indexOf('/') ?? 1;
  if (slash < 1) {
    process.stderr.write(`--explain is ${JSON.stringify(flags.explain)}, and must be NAMESPACE/MODEL, such as serving/org/chat-8b.\n`);
    return 2;
  }
  const { namespace, saturationName } = configMapPlaces();
  const places = { namespace: flags.namespace ?? namespace, saturationName: flags.configMap ?? saturationName };
  const problems: string[] = [];
  const sources: PolicySource[] = [];
  for (const file of files) {
    try {
      const found = sourcesInText(await readFile(file, 'utf8'), file, places);
      problems.push(...found.problems);
      sources.push(...found.sources);
    } catch (error) {
      problems.push(`The file ${file} cannot be read (${error instanceof Error ? error.message : String(error)}).`);
    }
  }
  const reading = readPolicy(sources);
  const errors = [...problems, ...reading.problems.filter(({ severity }) => severity === 'error').map(({ message }) => message)];
  const explained = flags.explain === undefined ? undefined : explain(reading, flags.explain.slice(0, slash), flags.explain.slice(slash + 1));
  if (flags.json === true) {
    process.stdout.write(`${JSON.stringify({ valid: errors.length === 0, unreadable: problems, problems: reading.problems, sources: reading.sources, policy: writtenPolicy(reading.policy), ...(explained && { explained }) }, null, 2)}\n`);
  } else {
    for (const problem of problems) process.stdout.write(`error    ${problem}\n`);
    for (const { severity, message } of reading.problems) process.stdout.write(`${severity.padEnd(8)} ${message}\n`);
    if (explained !== undefined) process.stdout.write(`${table(explained)}\n`);
    process.stdout.write(`${summary(reading, errors.length)}\n`);
  }
  return errors.length > 0 ? 1 : 0;
}

function explain(reading: PolicyReading, namespace: string, modelID: string): Explained[] {
  return explainPolicy(reading, { namespace, modelID }, policyForModel(reading.policy, { namespace, modelID }));
}

function table(explained: readonly Explained[]): string {
  const rows = explained.map(({ key, value, layer, source, at }) => [key, value === undefined ? '-' : typeof value === 'string' ? value : JSON.stringify(value), layer, source === undefined ? '' : `${source}: ${at ?? ''}`]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ').trimEnd()).join('\n');
}

function summary({ sources, problems }: PolicyReading, errors: number): string {
  const warnings = problems.filter(({ severity }) => severity === 'warning').length;
  const what = sources.length === 0 ? 'Nothing about a policy was found' : `${sources.length === 1 ? '1 source' : `${sources.length} sources`} read`;
  return `${what}: ${errors === 0 ? 'nothing would be refused' : `${errors} would be refused`}, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}.`;
}
