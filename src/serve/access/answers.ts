import type { Clock } from '../../runtime/index.ts';

export interface AnswersOptions<T> {
  readonly clock: Clock;
  /** How long a grant is taken as it is. */
  readonly grantMs: number;
  /** How long a refusal is: short, so that a mended role is noticed soon. */
  readonly refusalMs: number;
  /** While nobody can be asked, grants go on for this long after they were given. */
  readonly outageMs: number;
  /** Most answers kept; the oldest go first. */
  readonly most: number;
  isGrant(answer: T): boolean;
}

/** Answers of somebody who is slow to ask, kept for a while. */
export interface Answers<T> {
  /**
   * The kept answer at once, or a promise of a new one. Questions that are under way are shared. A grant in the last
   * quarter of its time is asked for anew in the background, so that nobody waits for it.
   * @throws (the promise) what `ask` threw, where no grant is left to go on with.
   */
  get(key: string, ask: () => Promise<T>): T | Promise<T>;
}

interface Entry<T> {
  answer?: { readonly value: T; readonly atMs: number };
  asking?: Promise<T>;
  failedAtMs?: number;
}

/** After a question failed, grants are served without another try for this long. */
const pauseMs = 5000;

export function createAnswers<T>(options: AnswersOptions<T>): Answers<T> {
  const { clock } = options;
  const entries = new Map<string, Entry<T>>();

  function ask(entry: Entry<T>, question: () => Promise<T>): Promise<T> {
    entry.asking ??= question()
      .then(
        (value) => {
          entry.answer = { value, atMs: clock.now() };
          delete entry.failedAtMs;
          return value;
        },
        (error: unknown) => {
          entry.failedAtMs = clock.now();
          const { answer } = entry;
          if (answer !== undefined && options.isGrant(answer.value) && clock.now() - answer.atMs < options.outageMs) return answer.value;
          throw error;
        },
      )
      .finally(() => delete entry.asking);
    return entry.asking;
  }

  return {
    get(key, question) {
      let entry = entries.get(key);
      if (entry === undefined) {
        entry = {};
        entries.set(key, entry);
        if (entries.size > options.most) entries.delete(entries.keys().next().value as string);
      }
      const { answer } = entry;
      if (answer === undefined) return ask(entry, question);
      const ageMs = clock.now() - answer.atMs;
      if (!options.isGrant(answer.value)) return ageMs < options.refusalMs ? answer.value : ask(entry, question);
      const pausing = entry.failedAtMs !== undefined && clock.now() - entry.failedAtMs < pauseMs;
      if (ageMs < options.grantMs) {
        if (ageMs > options.grantMs * 0.75 && !pausing && entry.asking === undefined) void ask(entry, question).catch(() => {});
        return answer.value;
      }
      if (pausing && ageMs < options.outageMs) return answer.value;
      return ask(entry, question);
    },
  };
}
