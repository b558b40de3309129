export interface UntilOptions {
  readonly timeoutMs?: number;
  readonly everyMs?: number;
  /** Added to the message when time runs out: the logs, say. */
  readonly explain?: () => string | Promise<string>;
}

/**
 * Asks until `ask` gives true; a string is what it saw instead, an error too.
 * @returns how long it took, in milliseconds
 * @throws when `timeoutMs` (60 s) pass, with what was waited for and what was seen last.
 */
export async function until(what: string, ask: () => Promise<boolean | string> | boolean | string, options: UntilOptions = {}): Promise<number> {
  const startMs = Date.now();
  const { timeoutMs = 60_000, everyMs = 100 } = options;
  for (;;) {
    let seen: boolean | string;
    try {
      seen = await ask();
    } catch (error) {
      seen = String(error);
    }
    if (seen === true) return Date.now() - startMs;
    if (Date.now() - startMs > timeoutMs) {
      const more = (await options.explain?.()) ?? '';
      throw new Error(`Not within ${timeoutMs / 1000} s: ${what}. Last seen: ${seen}\n${more}`);
    }
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
