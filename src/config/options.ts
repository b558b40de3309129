import type { Kind } from './kinds.ts';
import { settings, type Options, type Setting } from './settings.ts';

/** A setting as help and docs show it. */
export interface OptionRow {
  readonly key: keyof Options;
  /** `--interval`, or absent for what only the environment may say. */
  readonly flag?: string;
  readonly env: string;
  readonly type: string;
  readonly allowed: string;
  /** As one would write it; absent: none. */
  readonly default?: string;
  readonly description: string;
}

export interface OptionProblem {
  /** `--interval`, `PROMETHEUS_BASE_URL`: where the value was written. */
  readonly key: string;
  readonly value: string;
  /** What may stand there. */
  readonly allowed: string;
  /** All of it in one sentence. */
  readonly message: string;
}

export type OptionsResult =
  | { readonly ok: true; readonly options: Options }
  | { readonly ok: false; readonly problems: readonly OptionProblem[] };

const entries = Object.entries(settings) as [keyof Options, Setting<unknown>][];

/** One row for each setting, from which the command line and docs/reference/configuration.md are made. */
export const optionTable: readonly OptionRow[] = entries.map(([key, setting]) => ({
  key,
  ...(setting.flag === undefined ? {} : { flag: `--${setting.flag}` }),
  env: setting.env,
  type: setting.kind.name,
  allowed: setting.kind.allowed,
  ...(setting.default === undefined ? {} : { default: setting.kind.write(setting.default) }),
  description: setting.description,
}));

/**
 * Reads all settings: a flag wins over the environment, and that over the default. Text that is empty counts as absent.
 * @param flags by the flag's name in camel case, as commander has them (`metricsBindAddress`); others are let be.
 * @returns the options, or every problem there is.
 */
export function optionsFrom(flags: Readonly<Record<string, unknown>>, env: Readonly<Record<string, string | undefined>>): OptionsResult {
  const problems: OptionProblem[] = [];
  const found: Record<string, unknown> = {};
  const origins = new Map<keyof Options, { key: string; value: string }>();
  for (const [key, setting] of entries) {
    const written = writtenValue(setting, flags, env);
    if (written === undefined) {
      if (setting.default !== undefined) found[key] = setting.default;
      continue;
    }
    origins.set(key, written);
    const value = setting.kind.read(written.value);
    if (value === undefined) problems.push(problem(written, setting.kind));
    else found[key] = value;
  }
  // what does not fit together can only be judged once each part is good
  if (problems.length === 0) problems.push(...misfits(found as unknown as Options, origins));
  return problems.length > 0 ? { ok: false, problems } : { ok: true, options: found as unknown as Options };
}

function writtenValue(setting: Setting<unknown>, flags: Readonly<Record<string, unknown>>, env: Readonly<Record<string, string | undefined>>): { key: string; value: string } | undefined {
  if (setting.flag !== undefined) {
    const value = flags[setting.flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())];
    if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return { key: `--${setting.flag}`, value: String(value).trim() };
  }
  const value = env[setting.env]?.trim();
  return value === undefined || value === '' ? undefined : { key: setting.env, value };
}

function problem({ key, value: written }: { key: string; value: string }, kind: Pick<Kind<unknown>, 'allowed' | 'show'>): OptionProblem {
  const value = kind.show?.(written) ?? written;
  return { key, value, allowed: kind.allowed, message: `${key} is ${JSON.stringify(value)}, and must be ${kind.allowed}.` };
}

/** Settings that are good one by one, and not together. */
function misfits(options: Options, origins: ReadonlyMap<keyof Options, { key: string; value: string }>): OptionProblem[] {
  const problems: OptionProblem[] = [];
  const say = (key: keyof Options, allowed: string, secret = false): void => {
    const setting: Setting<unknown> = settings[key];
    const written = origins.get(key) ?? { key: setting.flag === undefined ? setting.env : `--${setting.flag}`, value: setting.default === undefined ? '' : setting.kind.write(setting.default) };
    problems.push(problem(secret ? { ...written, value: '(hidden)' } : written, { allowed }));
  };
  if (options.renewDeadlineMs >= options.leaseDurationMs) say('renewDeadlineMs', 'shorter than the lease duration');
  if (options.retryPeriodMs >= options.renewDeadlineMs) say('retryPeriodMs', 'shorter than the renew deadline');
  if (options.metricSource === 'prometheus' && options.prometheusUrl === undefined) say('prometheusUrl', 'set, because the metric source is prometheus');
  if (options.prometheusUrl?.startsWith('http:')) {
    if (!options.prometheusAllowHttp) say('prometheusUrl', 'an https URL, unless --prometheus-allow-http is set');
    // a token on a plain connection is given away to everyone on the way
    if (options.prometheusToken !== undefined) say('prometheusToken', 'absent with a plain http URL', true);
    for (const key of ['prometheusTokenPath', 'prometheusCaPath', 'prometheusCertPath', 'prometheusKeyPath'] as const)
      if (options[key] !== undefined) say(key, 'absent with a plain http URL');
    if (options.prometheusInsecureSkipVerify) say('prometheusInsecureSkipVerify', 'false with a plain http URL');
  }
  if ((options.prometheusCertPath === undefined) !== (options.prometheusKeyPath === undefined))
    say(options.prometheusCertPath === undefined ? 'prometheusCertPath' : 'prometheusKeyPath', 'set, because a client certificate and its key go together');
  const { metricsAddress: metrics, healthAddress: health } = options;
  if (!options.metricsSecure && metrics !== null && !/^(127\.|::1$|localhost$)/.test(metrics.host))
    say('metricsAddress', 'a loopback address such as 127.0.0.1:8080, or 0, because --metrics-secure is false');
  if (metrics !== null && health !== null && metrics.port !== 0 && metrics.port === health.port && metrics.host === health.host)
    say('healthAddress', 'another address than that of the metrics');
  return problems;
}
