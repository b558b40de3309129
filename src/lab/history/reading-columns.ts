import { missing, type MissingReason, type Reading, type ReplicaReadings } from '../../model/index.ts';

/** Readings that are numbers, in the order of their columns. */
export const numberReadings = [
  'running',
  'waiting',
  'kvUsedFraction',
  'kvCapacityTokens',
  'arrivalsPerSecond',
  'recentArrivalsPerSecond',
  'completionsPerSecond',
  'promptTokensPerSecond',
  'generationTokensPerSecond',
  'meanPromptTokens',
  'meanGenerationTokens',
  'ttftSeconds',
  'itlSeconds',
  'e2eSeconds',
  'queueSeconds',
  'prefixHitFraction',
  'preemptionsPerSecond',
] as const satisfies readonly (keyof ReplicaReadings)[];

export type NumberReading = (typeof numberReadings)[number];

const asleepColumn = numberReadings.length;
const columnCount = asleepColumn + 1;
const columnOf = Object.fromEntries(numberReadings.map((name, index) => [name, index])) as Readonly<Record<NumberReading, number>>;

export type Missing = Extract<Reading, { kind: 'missing' }>;

/** Reasons are few and readings are millions, so each reason is kept once and meant by its number. */
export class MissingReasons {
  readonly #all: Missing[];
  readonly #numbers: Map<string, number>;

  /** @param known reasons in the order of their numbers, as `all` gave them. */
  constructor(known: readonly Missing[] = [missing('NotScraped') as Missing]) {
    this.#all = [...known];
    this.#numbers = new Map(known.map(({ why, detail }, number) => [`${why}\n${detail ?? ''}`, number]));
  }

  all(): readonly Missing[] {
    return this.#all;
  }

  numberOf(why: MissingReason, detail?: string): number {
    const key = `${why}\n${detail ?? ''}`;
    let number = this.#numbers.get(key);
    if (number === undefined) {
      number = this.#all.length;
      this.#all.push(missing(why, detail) as Missing);
      this.#numbers.set(key, number);
    }
    return number;
  }

  at(number: number): Missing {
    return this.#all[number] as Missing;
  }
}

/**
 * What one pod said at each cycle of a chunk: 18 readings in 11 bytes each, which as objects would be 60. A pod's readings all have
 * the time of its newest sample. They lie in one piece of memory, which can be handed to another thread.
 */
export class ReadingColumns {
  readonly cycles: number;
  readonly reasons: MissingReasons;
  /** The model that the engine itself named. */
  modelName: string | undefined = undefined;
  /** Time of the newest sample at each cycle; NaN where there is none. */
  readonly sampledAtMs: Float64Array;
  /** All of it: times, then values, then reasons. */
  readonly memory: ArrayBuffer;
  /** NaN where the reading is missing. */
  readonly #values: Float64Array;
  readonly #why: Uint16Array;

  /**
   * @param why number of the reason for which readings are missing until they are set.
   * @param memory that of columns of as many cycles, to look at what is in them.
   */
  constructor(cycles: number, reasons: MissingReasons, why = 0, memory?: ArrayBuffer) {
    const cells = cycles * columnCount;
    this.cycles = cycles;
    this.reasons = reasons;
    this.memory = memory ?? new ArrayBuffer(8 * (cycles + cells) + 2 * cells);
    this.sampledAtMs = new Float64Array(this.memory, 0, cycles);
    this.#values = new Float64Array(this.memory, 8 * cycles, cells);
    this.#why = new Uint16Array(this.memory, 8 * (cycles + cells), cells);
    if (memory) return;
    this.sampledAtMs.fill(Number.NaN);
    this.#values.fill(Number.NaN);
    this.#why.fill(why);
  }

  /** Keeps what was read at a cycle. A sample from before `sinceMs` is of another pod of the same name, and nothing was scraped of this one yet. */
  set(cycle: number, readings: ReplicaReadings, sinceMs = -Infinity): void {
    if (isBefore(readings, sinceMs)) return;
    for (let column = 0; column < asleepColumn; column++) this.#put(column, cycle, readings[numberReadings[column] as NumberReading]);
    this.#put(asleepColumn, cycle, readings.asleep);
  }

  /** Writes one value, dated by `sampledAtMs` of its cycle. */
  setValue(cycle: number, name: NumberReading, value: number): void {
    this.#values[columnOf[name] * this.cycles + cycle] = value;
  }

  /** The number that was said, however old; NaN where nothing was. */
  value(cycle: number, name: NumberReading): number {
    return this.#values[columnOf[name] * this.cycles + cycle] as number;
  }

  readings(cycle: number, nowMs: number, staleAfterMs: number): ReplicaReadings {
    return new ReadingsAt(this, cycle, nowMs, staleAfterMs);
  }

  number(column: number, cycle: number, nowMs: number, staleAfterMs: number): Reading {
    const index = column * this.cycles + cycle;
    const value = this.#values[index] as number;
    if (Number.isNaN(value)) return this.reasons.at(this.#why[index] as number);
    const atMs = this.sampledAtMs[cycle] as number;
    const ageMs = nowMs - atMs;
    return ageMs > staleAfterMs ? { kind: 'stale', value, atMs, ageMs } : { kind: 'fresh', value, atMs };
  }

  truth(cycle: number, nowMs: number, staleAfterMs: number): Reading<boolean> {
    const reading = this.number(asleepColumn, cycle, nowMs, staleAfterMs);
    if (reading.kind === 'missing') return reading;
    const { value, atMs } = reading;
    return reading.kind === 'stale' ? { kind: 'stale', value: value === 1, atMs, ageMs: reading.ageMs } : { kind: 'fresh', value: value === 1, atMs };
  }

  #put(column: number, cycle: number, reading: Reading<number | boolean>): void {
    const index = column * this.cycles + cycle;
    if (reading.kind === 'missing') {
      this.#why[index] = this.reasons.numberOf(reading.why, reading.detail);
      this.#values[index] = Number.NaN;
      return;
    }
    this.#values[index] = Number(reading.value);
    this.sampledAtMs[cycle] = reading.atMs;
  }
}

function isBefore(readings: ReplicaReadings, sinceMs: number): boolean {
  for (const name of numberReadings) {
    const reading = readings[name];
    if (reading.kind !== 'missing') return reading.atMs < sinceMs;
  }
  return false;
}

/** One cycle of the columns, looked at: a reading is made when it is asked for, and a decision asks for few. */
class ReadingsAt implements ReplicaReadings {
  readonly #columns: ReadingColumns;
  readonly #cycle: number;
  readonly #nowMs: number;
  readonly #staleAfterMs: number;

  constructor(columns: ReadingColumns, cycle: number, nowMs: number, staleAfterMs: number) {
    this.#columns = columns;
    this.#cycle = cycle;
    this.#nowMs = nowMs;
    this.#staleAfterMs = staleAfterMs;
  }

  get running(): Reading { return this.#number(columnOf.running); }
  get waiting(): Reading { return this.#number(columnOf.waiting); }
  get kvUsedFraction(): Reading { return this.#number(columnOf.kvUsedFraction); }
  get kvCapacityTokens(): Reading { return this.#number(columnOf.kvCapacityTokens); }
  get arrivalsPerSecond(): Reading { return this.#number(columnOf.arrivalsPerSecond); }
  get recentArrivalsPerSecond(): Reading { return this.#number(columnOf.recentArrivalsPerSecond); }
  get completionsPerSecond(): Reading { return this.#number(columnOf.completionsPerSecond); }
  get promptTokensPerSecond(): Reading { return this.#number(columnOf.promptTokensPerSecond); }
  get generationTokensPerSecond(): Reading { return this.#number(columnOf.generationTokensPerSecond); }
  get meanPromptTokens(): Reading { return this.#number(columnOf.meanPromptTokens); }
  get meanGenerationTokens(): Reading { return this.#number(columnOf.meanGenerationTokens); }
  get ttftSeconds(): Reading { return this.#number(columnOf.ttftSeconds); }
  get itlSeconds(): Reading { return this.#number(columnOf.itlSeconds); }
  get e2eSeconds(): Reading { return this.#number(columnOf.e2eSeconds); }
  get queueSeconds(): Reading { return this.#number(columnOf.queueSeconds); }
  get prefixHitFraction(): Reading { return this.#number(columnOf.prefixHitFraction); }
  get preemptionsPerSecond(): Reading { return this.#number(columnOf.preemptionsPerSecond); }
  get asleep(): Reading<boolean> { return this.#columns.truth(this.#cycle, this.#nowMs, this.#staleAfterMs); }

  /** Plain data again, for records and for those who compare. */
  toJSON(): ReplicaReadings {
    const plain = Object.fromEntries(numberReadings.map((name) => [name, this[name]]));
    return { ...plain, asleep: this.asleep } as ReplicaReadings;
  }

  #number(column: number): Reading {
    return this.#columns.number(column, this.#cycle, this.#nowMs, this.#staleAfterMs);
  }
}
