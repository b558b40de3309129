import { compareText } from '../base/index.ts';

/** A place where what was decided is not what the record says. `undefined`: nothing stands there. */
export interface Difference {
  /** `decisions[3].trail[1].sentence` */
  readonly path: string;
  readonly recorded: unknown;
  readonly decided: unknown;
}

/**
 * Every place in which two values would be other JSON, the order of keys apart. Two values without a difference have the same canonical
 * JSON, byte for byte; walking them is cheaper than writing them, and names the place.
 */
export function differencesBetween(recorded: unknown, decided: unknown, path: string): Difference[] {
  if (Object.is(recorded, decided)) return [];
  if (isObject(recorded) && isObject(decided) && Array.isArray(recorded) === Array.isArray(decided)) {
    return keysOf(recorded, decided).flatMap((key) => differencesBetween(recorded[key], decided[key], Array.isArray(recorded) ? `${path}[${key}]` : `${path}${member(key)}`));
  }
  const [was, is] = [written(recorded), written(decided)];
  return was === is ? [] : [{ path, recorded, decided }];
}

type Plain = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null;
}

function keysOf(a: Plain, b: Plain): string[] {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return Array.isArray(a) ? [...keys] : [...keys].toSorted(compareText);
}

/** Keys such as `serving/chat` are no names of a member. */
function member(key: string): string {
  return /^[A-Za-z_]\w*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

/** As JSON has it: -0 is 0, and NaN is null. */
function written(value: unknown): string | undefined {
  return JSON.stringify(value);
}
