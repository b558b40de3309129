import { parseDuration, writeDuration } from '../base/index.ts';

/** How one kind of value is written, and read. Everything that a setting can be is text at the door. */
export interface Kind<T> {
  /** One word for help and docs: `duration`. */
  readonly name: string;
  /** What may be written, for the person who wrote something else. */
  readonly allowed: string;
  /** `undefined` when the text is not of this kind. */
  read(text: string): T | undefined;
  write(value: T): string;
  /** What was written, fit to be logged; as it is if absent. */
  show?(text: string): string;
}

export interface BindAddress {
  /** Empty: every address of the machine. */
  readonly host: string;
  readonly port: number;
}

export const text: Kind<string> = {
  name: 'text',
  allowed: 'any text',
  read: (written) => written,
  write: (value) => value,
};

/** A file or folder; whether it is there shows when it is read. */
export const path: Kind<string> = { ...text, name: 'path', allowed: 'a path' };

export const name: Kind<string> = {
  name: 'name',
  allowed: 'a Kubernetes name: at most 253 lower-case letters, digits, dashes and dots, with a letter or digit at both ends',
  read: (written) => (written.length <= 253 && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(written) ? written : undefined),
  write: (value) => value,
};

export const names: Kind<readonly string[]> = {
  name: 'names',
  allowed: 'Kubernetes names with commas between them',
  read(written) {
    const parts = written.split(',').map((part) => part.trim()).filter((part) => part !== '');
    return parts.every((part) => name.read(part) !== undefined) ? [...new Set(parts)] : undefined;
  },
  write: (value) => value.join(','),
};

/** The spellings that Go programs take, since released versions were one. */
const truths: Readonly<Record<string, boolean>> = { '1': true, t: true, true: true, yes: true, on: true, '0': false, f: false, false: false, no: false, off: false };

export const flag: Kind<boolean> = {
  name: 'boolean',
  allowed: 'true or false',
  read: (written) => truths[written.toLowerCase()],
  write: String,
};

export function duration(leastMs: number, mostMs: number): Kind<number> {
  return {
    name: 'duration',
    allowed: `a duration from ${writeDuration(leastMs)} to ${writeDuration(mostMs)}, such as 15s or 1m30s`,
    read(written) {
      const ms = parseDuration(written);
      return ms !== undefined && ms >= leastMs && ms <= mostMs ? ms : undefined;
    },
    write: writeDuration,
  };
}

const byteUnits: readonly (readonly [unit: string, bytes: number])[] = [['GiB', 2 ** 30], ['MiB', 2 ** 20], ['KiB', 2 ** 10]];

/** A number of bytes: `256MiB`, `1GiB`, `4096`; `Mi` and `Gi` as Kubernetes writes them too. */
export function byteCount(least: number, most: number): Kind<number> {
  const write = (value: number): string => {
    const [unit, size] = byteUnits.find(([, bytes]) => value % bytes === 0) ?? ['', 1];
    return `${value / size}${unit}`;
  };
  return {
    name: 'bytes',
    allowed: `a number of bytes from ${write(least)} to ${write(most)}, such as 256MiB`,
    read(written) {
      const [, amount, unit] = /^(\d+)(?:([KMG]i)B?)?$/.exec(written) ?? [];
      if (amount === undefined) return undefined;
      const bytes = Number(amount) * (byteUnits.find(([name]) => name === `${unit}B`)?.[1] ?? 1);
      return bytes >= least && bytes <= most ? bytes : undefined;
    },
    write,
  };
}

export function wholeNumber(least: number, most: number): Kind<number> {
  return {
    name: 'number',
    allowed: `a whole number from ${least} to ${most}`,
    read(written) {
      const value = /^\d+$/.test(written) ? Number(written) : NaN;
      return value >= least && value <= most ? value : undefined;
    },
    write: String,
  };
}

export function choice<const T extends string>(...values: readonly T[]): Kind<T> {
  return {
    name: values.join('|'),
    allowed: `one of ${values.join(', ')}`,
    read: (written) => values.find((value) => value === written.toLowerCase()),
    write: (value) => value,
  };
}

/** `:8443`, `127.0.0.1:0`, `[::1]:8443`; `0` switches the listener off, and then it is `null`. */
export const address: Kind<BindAddress | null> = {
  name: 'address',
  allowed: 'host:port, :port, or 0 for not listening',
  read(written) {
    if (written === '0') return null;
    const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:[\]]*)):(\d{1,5})$/.exec(written);
    const port = Number(match?.[3]);
    return match && port <= 65_535 ? { host: match[1] ?? match[2] ?? '', port } : undefined;
  },
  write: (value) => (value === null ? '0' : `${value.host.includes(':') ? `[${value.host}]` : value.host}:${value.port}`),
};

/** http or https, without user and password (they would show in logs), query and fragment; no slash at the end. */
export const url: Kind<string> = {
  name: 'URL',
  allowed: 'an http or https URL without user, password, query and fragment',
  read(written) {
    if (!URL.canParse(written)) return undefined;
    const parsed = new URL(written);
    const plain = ['http:', 'https:'].includes(parsed.protocol) && parsed.username === '' && parsed.password === '' && parsed.search === '' && parsed.hash === '';
    return plain ? parsed.href.replace(/\/+$/, '') : undefined;
  },
  write: (value) => value,
  show: (written) => written.replace(/\/\/[^/]*@/, '//(hidden)@'),
};
