/** An impossible state: our own mistake, never the world's. The process is meant to stop on it. */
export class AssertionFailure extends Error {
  override readonly name = 'AssertionFailure';
}

/**
 * Says in a sentence what must be true here.
 * @throws {AssertionFailure} when it is not.
 */
export function assert(condition: unknown, sentence: string): asserts condition {
  if (!condition) throw new AssertionFailure(sentence);
}
