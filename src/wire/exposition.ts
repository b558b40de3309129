/**
 * The text in which servers show their metrics: Prometheus text format 0.0.4 and OpenMetrics 1.0, told
 * apart by the `# EOF` that only the latter has. Read line by line; a line that cannot be understood is
 * reported and left out, the others stay. Sources: prometheus.io/docs/instrumenting/exposition_formats and
 * the OpenMetrics specification.
 */
export interface ExpositionSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** May be NaN or infinite: what that means is for the reader to say. */
  readonly value: number;
  /** The server's own date for the value; almost none gives one. */
  readonly timestampMs?: number;
}

export interface ExpositionProblem {
  /** From 1. */
  readonly line: number;
  /** What should have stood there, to be read after "expected". */
  readonly expected: string;
  /** The beginning of the line. */
  readonly text: string;
}

export interface Exposition {
  readonly series: readonly ExpositionSeries[];
  /** The first `maxProblems` lines that could not be understood. */
  readonly problems: readonly ExpositionProblem[];
  /** All lines that could not be understood. */
  readonly malformedLines: number;
  /** False when the text stops inside a line: the last value may be cut in half. */
  readonly terminated: boolean;
}

export interface ExpositionOptions {
  /** Names (as they stand on the line, `_total` and `_sum` included) to keep. Lines of other names are not looked at further. */
  readonly keep?: ReadonlySet<string>;
  readonly maxProblems?: number;
}

/** Reads a page. Never throws. */
export function parseExposition(text: string, options: ExpositionOptions = {}): Exposition {
  const { keep, maxProblems = 10 } = options;
  const series: ExpositionSeries[] = [];
  const problems: ExpositionProblem[] = [];
  let malformedLines = 0;
  let openMetrics = false;
  let lineNumber = 0;
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const next = newline === -1 ? text.length : newline;
    const end = next > start && text.charCodeAt(next - 1) === carriageReturn ? next - 1 : next;
    lineNumber++;
    const outcome = readLine(text, start, end, keep);
    if (outcome === 'eof') {
      openMetrics = true;
      break;
    }
    if (typeof outcome === 'string') {
      malformedLines++;
      if (problems.length < maxProblems) problems.push({ line: lineNumber, expected: outcome, text: text.slice(start, Math.min(end, start + 80)) });
    } else if (outcome) series.push(outcome);
    start = next + 1;
  }
  return {
    // OpenMetrics dates in seconds, the older format in milliseconds
    series: openMetrics ? series.map(inMilliseconds) : series,
    problems,
    malformedLines,
    terminated: openMetrics || text.length === 0 || text.endsWith('\n'),
  };
}

const carriageReturn = 13;
const space = 32;
const tab = 9;
const quote = 34;
const comma = 44;
const equals = 61;
const backslash = 92;
const openBrace = 123;
const closeBrace = 125;
const hash = 35;

function inMilliseconds(one: ExpositionSeries): ExpositionSeries {
  return one.timestampMs === undefined ? one : { ...one, timestampMs: Math.round(one.timestampMs * 1000) };
}

/** A series; `undefined` for a line that says nothing (or nothing we keep); 'eof'; or what was expected. */
function readLine(text: string, start: number, end: number, keep: ReadonlySet<string> | undefined): ExpositionSeries | string | undefined {
  let at = skipBlanks(text, start, end);
  if (at === end) return undefined;
  if (text.charCodeAt(at) === hash) return text.slice(at, end).trimEnd() === '# EOF' ? 'eof' : undefined;
  const nameStart = at;
  while (at < end && isNameCode(text.charCodeAt(at))) at++;
  let name = text.slice(nameStart, at);
  if (name !== '' && keep && !keep.has(name)) return undefined;
  if (name !== '' && isDigit(text.charCodeAt(nameStart))) return 'a metric name that does not begin with a digit';
  at = skipBlanks(text, at, end);
  let labels: Record<string, string> = noLabels;
  if (at < end && text.charCodeAt(at) === openBrace) {
    const read = readLabels(text, at + 1, end);
    if (typeof read === 'string') return read;
    labels = read.labels;
    at = skipBlanks(text, read.at, end);
    if (read.name !== undefined) {
      if (name !== '') return 'one metric name, not one before the braces and another inside';
      name = read.name;
      if (keep && !keep.has(name)) return undefined;
    }
  }
  if (name === '') return 'a metric name';
  const valueEnd = endOfToken(text, at, end);
  const value = readNumber(text.slice(at, valueEnd));
  if (value === undefined) return 'a number as the value';
  at = skipBlanks(text, valueEnd, end);
  let timestampMs: number | undefined;
  if (at < end && text.charCodeAt(at) !== hash) {
    const timestampEnd = endOfToken(text, at, end);
    timestampMs = readNumber(text.slice(at, timestampEnd));
    if (timestampMs === undefined || !Number.isFinite(timestampMs)) return 'a timestamp, an exemplar or the end of the line after the value';
    at = skipBlanks(text, timestampEnd, end);
  }
  // an exemplar: "# {labels} value [timestamp]"; nothing here needs it, but what stands there must be one
  if (at < end && !/^# ?\{/.test(text.slice(at, Math.min(end, at + 3)))) return 'an exemplar or the end of the line after the timestamp';
  return timestampMs === undefined ? { name, labels, value } : { name, labels, value, timestampMs };
}

const noLabels: Record<string, string> = Object.freeze(Object.create(null) as Record<string, string>);

interface ReadLabels {
  readonly labels: Record<string, string>;
  /** A quoted metric name as the first item: `{"a.name", label="x"}`. */
  readonly name?: string;
  readonly at: number;
}

/** Reads labels from after the opening brace to after the closing one, or says what was expected. */
function readLabels(text: string, start: number, end: number): ReadLabels | string {
  // without a prototype, so that a label called __proto__ is only a label
  const labels = Object.create(null) as Record<string, string>;
  let name: string | undefined;
  let at = skipBlanks(text, start, end);
  while (at < end && text.charCodeAt(at) !== closeBrace) {
    let key: string;
    if (text.charCodeAt(at) === quote) {
      const quoted = readQuoted(text, at, end);
      if (!quoted) return 'a closing quote';
      key = quoted.value;
      at = skipBlanks(text, quoted.at, end);
      if (at < end && text.charCodeAt(at) !== equals) {
        if (name !== undefined || Object.keys(labels).length > 0) return 'an equals sign after a label name';
        name = key;
        if (text.charCodeAt(at) === comma) at = skipBlanks(text, at + 1, end);
        else if (text.charCodeAt(at) !== closeBrace) return 'a comma or a closing brace after the metric name';
        continue;
      }
    } else {
      const keyStart = at;
      while (at < end && isNameCode(text.charCodeAt(at))) at++;
      key = text.slice(keyStart, at);
      if (key === '' || isDigit(key.charCodeAt(0))) return 'a label name';
      at = skipBlanks(text, at, end);
    }
    if (at >= end || text.charCodeAt(at) !== equals) return 'an equals sign after a label name';
    at = skipBlanks(text, at + 1, end);
    if (at >= end || text.charCodeAt(at) !== quote) return 'a label value in quotes';
    const quoted = readQuoted(text, at, end);
    if (!quoted) return 'a closing quote';
    if (key in labels) return `the label ${key} only once`;
    labels[key] = quoted.value;
    at = skipBlanks(text, quoted.at, end);
    if (at < end && text.charCodeAt(at) === comma) at = skipBlanks(text, at + 1, end);
    else if (at >= end || text.charCodeAt(at) !== closeBrace) return 'a comma or a closing brace after a label';
  }
  if (at >= end) return 'a closing brace';
  return name === undefined ? { labels, at: at + 1 } : { labels, name, at: at + 1 };
}

/** Reads a quoted text from its opening quote on. */
function readQuoted(text: string, start: number, end: number): { readonly value: string; readonly at: number } | undefined {
  let at = start + 1;
  let escaped = false;
  while (at < end) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      const raw = text.slice(start + 1, at);
      return { value: escaped ? unescape(raw) : raw, at: at + 1 };
    }
    if (code === backslash) {
      escaped = true;
      at++;
    }
    at++;
  }
  return undefined;
}

/** `\\`, `\"` and `\n` are the format's escapes; a backslash before anything else stands for itself. */
function unescape(raw: string): string {
  return raw.replace(/\\(["\\n])/g, (_, char: string) => (char === 'n' ? '\n' : char));
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** As Go writes and reads floating point numbers, but for hexadecimal and underscores. */
function readNumber(token: string): number | undefined {
  if (decimal.test(token)) return Number(token);
  switch (token.toLowerCase()) {
    case 'nan':
      return Number.NaN;
    case 'inf':
    case '+inf':
    case 'infinity':
    case '+infinity':
      return Number.POSITIVE_INFINITY;
    case '-inf':
    case '-infinity':
      return Number.NEGATIVE_INFINITY;
    default:
      return undefined;
  }
}

function skipBlanks(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && (text.charCodeAt(at) === space || text.charCodeAt(at) === tab)) at++;
  return at;
}

function endOfToken(text: string, start: number, end: number): number {
  let at = start;
  while (at < end && text.charCodeAt(at) !== space && text.charCodeAt(at) !== tab) at++;
  return at;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Letters, digits, underscore, colon. */
function isNameCode(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 58) || code === 95;
}
