import type { Document, YAMLParseError } from 'yaml';
import { isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { z } from 'zod';
import { errorText } from '../../base/index.ts';
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
    throw new ScenarioError(file, [{ path: '', line: lines.linePos(broken.pos[0]).line, message: tellBroken(broken) }]);
  }
  const fail = (findings: readonly Finding[]): never => {
    throw new ScenarioError(file, findings.map((finding) => located(finding, document, lines)));
  };
  const aliases = aliasProblems(document, lines);
  if (aliases.length > 0) throw new ScenarioError(file, aliases);
  const { data, findings } = inlineProfiles(plain(document, file), readFile);
  const parsed = scenarioSchema.safeParse(data);
  if (!parsed.success) return fail([...findings, ...parsed.error.issues.flatMap((issue) => tellIssue(issue, data, jsonSchema()))]);
  const all = [...findings, ...crossProblems(parsed.data)];
  return all.length > 0 ? fail(all) : parsed.data;
}

/** The first alone is told: what the parser says after it is about what it took the rest for. */
function tellBroken({ code, message }: YAMLParseError): string {
  if (code === 'DUPLICATE_KEY') return 'this key stands a second time in its mapping, expected each key once';
  if (code === 'MULTIPLE_DOCS') return 'a second document begins here (---), expected one scenario a file';
  return `is not YAML from here on, and the rest was not looked at: ${(message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '')}`;
}

/** Aliases of nothing, and of something that they are part of. */
function aliasProblems(document: Document, lines: LineCounter): readonly ScenarioProblem[] {
  const problems: ScenarioProblem[] = [];
  visit(document, {
    Alias(_, alias, parents) {
      const named = alias.resolve(document);
      const isWithin = named !== undefined && parents.includes(named);
      if (named !== undefined && !isWithin) return;
      const message = isWithin ? `*${alias.source} stands within what it repeats, expected it outside of &${alias.source}` : `there is nothing called &${alias.source} before it, expected what *${alias.source} is to repeat`;
      problems.push({ path: '', message, ...(alias.range && { line: lines.linePos(alias.range[0]).line }) });
    },
  });
  return problems;
}

function plain(document: Document, file: string): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // aliases of aliases that would unfold to more than any scenario has
    throw new ScenarioError(file, [{ path: '', message: `its aliases cannot be unfolded: ${errorText(error)}` }]);
  }
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
