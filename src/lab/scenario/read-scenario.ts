import type { Document } from 'yaml';
import { isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { crossProblems } from './cross-checks.ts';
import type { Finding, Path } from './finding.ts';
import { inlineProfiles } from './inline-profiles.ts';
import type { ExperimentScenario } from './scenario.ts';
import { scenarioSchema } from './scenario.ts';
import { ScenarioError } from './scenario-error.ts';
import type { ScenarioProblem } from './scenario-error.ts';
import { tellIssue } from './tell-issue.ts';

/**
 * Reads a scenario from its YAML text.
 * @param file how the text is called in messages
 * @param readFile gives the text of a file that is named relative to the scenario (a fitted profile); without it there are none
 * @throws ScenarioError with every problem: path, line and what was expected.
 */
export function readScenario(text: string, file: string, readFile?: (name: string) => string): ExperimentScenario {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const [broken] = document.errors;
  if (broken !== undefined) {
    // the first alone: what the parser says after it is about what it took the rest for
    const words = (broken.message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '');
    const message = broken.code === 'DUPLICATE_KEY' ? 'this key stands a second time in its mapping, expected each key once' : `is not YAML from here on, and the rest was not looked at: ${words}`;
    throw new ScenarioError(file, [{ path: '', line: lines.linePos(broken.pos[0]).line, message }]);
  }
  const fail = (findings: readonly Finding[]): never => {
    throw new ScenarioError(file, findings.map((finding) => located(finding, document, lines)));
  };
  const { data, findings } = inlineProfiles(document.toJS() as unknown, readFile);
  const parsed = scenarioSchema.safeParse(data);
  if (!parsed.success) return fail([...findings, ...parsed.error.issues.flatMap((issue) => tellIssue(issue, data, jsonSchema()))]);
  const all = [...findings, ...crossProblems(parsed.data)];
  return all.length > 0 ? fail(all) : parsed.data;
}

let schema: z.core.JSONSchema.BaseSchema | undefined;

/** The schema as data, to know the keys that there are. */
export function jsonSchema(): z.core.JSONSchema.BaseSchema {
  schema ??= z.toJSONSchema(scenarioSchema, { io: 'input' });
  return schema;
}

function located({ path, key, message }: Finding, document: Document, lines: LineCounter): ScenarioProblem {
  const where = key === undefined ? path : [...path, key];
  const offset = offsetOf(document, where);
  const text = where.reduce<string>((before, part) => (typeof part === 'number' ? `${before}[${part}]` : before === '' ? part : `${before}.${part}`), '');
  return offset === undefined ? { path: text, message } : { path: text, line: lines.linePos(offset).line, message };
}

/** Where the deepest part of the path that is in the text stands: a key, or an entry of a list. */
function offsetOf(document: Document, path: Path): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const last = path[length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => isScalar(key) && key.value === last);
      if (pair !== undefined && isNode(pair.key) && pair.key.range) return pair.key.range[0];
    }
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return isNode(document.contents) && document.contents.range ? document.contents.range[0] : undefined;
}
