import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { packAnswer, questions, unpackAnswer, type Answers } from './answers.ts';

/** A stretch of history: its first and its last cycle. */
export interface Stretch {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Keeps what has been read, so that a reading that was broken off goes on where it was. */
export interface ChunkStore {
  /** The longest stored stretch that begins at `fromMs` and ends no later than `toMs`; one that is broken is passed over and read again. */
  find(fromMs: number, toMs: number): Promise<{ readonly stretch: Stretch; readonly answers: Answers } | undefined>;
  /** Where the first stored stretch after `fromMs` begins, by the names of the files alone. */
  nextAfter(fromMs: number): Promise<number | undefined>;
  keep(stretch: Stretch, answers: Answers): Promise<void>;
  /** Files that could not be used, each with why. */
  readonly broken: readonly { readonly file: string; readonly why: string }[];
}

const format = 1;

/**
 * A folder of compressed files, one a stretch. The check sum of gzip tells a file that was cut off or changed.
 * @param asked what was asked and of whom: answers to another question are not used.
 */
export async function openChunkStore(folder: string, asked: string): Promise<ChunkStore> {
  await mkdir(folder, { recursive: true });
  const broken: { file: string; why: string }[] = [];

  async function stretches(): Promise<(Stretch & { file: string })[]> {
    return (await readdir(folder)).flatMap((file) => {
      const match = /^(\d+)-(\d+)\.json\.gz$/.exec(file);
      return match ? [{ file, fromMs: Number(match[1]), toMs: Number(match[2]) }] : [];
    });
  }

  async function read(file: string): Promise<Answers | undefined> {
    try {
      const text = (await promisify(gunzip)(await readFile(join(folder, file)))).toString('utf8');
      const stored = JSON.parse(text) as { format: number; asked: string; answers: Record<string, unknown> };
      // another version's, or about something else: no mistake, and not ours
      if (stored.format !== format || stored.asked !== asked) return undefined;
      return Object.fromEntries(questions.map((name) => [name, unpackAnswer(stored.answers[name])])) as unknown as Answers;
    } catch (error) {
      if (!broken.some((one) => one.file === file)) broken.push({ file, why: error instanceof Error ? error.message : String(error) });
      return undefined;
    }
  }

  return {
    broken,
    async find(fromMs, toMs) {
      const there = (await stretches()).filter((one) => one.fromMs === fromMs && one.toMs <= toMs).toSorted((a, b) => b.toMs - a.toMs);
      for (const { file, ...stretch } of there) {
        const answers = await read(file);
        if (answers) return { stretch, answers };
      }
      return undefined;
    },
    async nextAfter(fromMs) {
      const later = (await stretches()).filter((one) => one.fromMs > fromMs);
      return later.length === 0 ? undefined : Math.min(...later.map((one) => one.fromMs));
    },
    async keep({ fromMs, toMs }, answers) {
      const body = JSON.stringify({ format, asked, answers: Object.fromEntries(questions.map((name) => [name, packAnswer(answers[name])])) });
      const file = join(folder, `${fromMs}-${toMs}.json.gz`);
      const unfinished = `${file}.part`;
      await writeFile(unfinished, await promisify(gzip)(body, { level: 1 }));
      await rename(unfinished, file);
    },
  };
}
