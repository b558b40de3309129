import { pino } from 'pino';
import type { Log } from '../runtime/index.ts';

/** One JSON line an entry, to `destination` (file descriptor 1 is standard output). */
export function createProcessLog(level: string, destination: number | string = 1): Log & { flush(): void } {
  const out = pino.destination({ dest: destination, sync: true });
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } }, out);
  return {
    debug: (fields, message) => logger.debug(fields, message),
    info: (fields, message) => logger.info(fields, message),
    warn: (fields, message) => logger.warn(fields, message),
    error: (fields, message) => logger.error(fields, message),
    flush: () => out.flushSync(),
  };
}
