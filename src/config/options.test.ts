import { describe, expect, it } from 'vitest';
import { optionsFrom, optionTable, type Options } from './index.ts';

function options(flags: Record<string, unknown>, env: Record<string, string> = {}): Options {
  const result = optionsFrom(flags, env);
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'));
  return result.options;
}

function problems(flags: Record<string, unknown>, env: Record<string, string> = {}): { key: string; message: string }[] {
  const result = optionsFrom(flags, env);
  return result.ok ? [] : result.problems.map(({ key, message }) => ({ key, message }));
}

describe('options', () => {
  it('need nothing to be set', () => {
    expect(options({})).toMatchObject({ intervalMs: 15_000, metricsAddress: { host: '', port: 8443 }, watchNamespaces: [], metricSource: 'auto', actuation: 'metric' });
    expect(options({})).not.toHaveProperty('kubeconfig');
  });

  it('take a flag before the environment, and that before the default', () => {
    expect(options({ interval: '20s' }, { GLOBAL_OPT_INTERVAL: '30s' }).intervalMs).toBe(20_000);
    expect(options({}, { GLOBAL_OPT_INTERVAL: '30s' }).intervalMs).toBe(30_000);
    expect(options({}, { GLOBAL_OPT_INTERVAL: '' }).intervalMs).toBe(15_000);
    expect(options({ leaderElect: true }).leaderElect).toBe(true);
    expect(options({ externalMetrics: false }, { WVA_EXTERNAL_METRICS: 'true' }).externalMetrics).toBe(false);
  });

  it.each([
    [{ METRICS_BIND_ADDRESS: '127.0.0.1:0' }, 'metricsAddress', { host: '127.0.0.1', port: 0 }],
    [{ METRICS_BIND_ADDRESS: '[::1]:9443' }, 'metricsAddress', { host: '::1', port: 9443 }],
    [{ METRICS_BIND_ADDRESS: '0' }, 'metricsAddress', null],
    [{ WATCH_NAMESPACE: 'a, b,a' }, 'watchNamespaces', ['a', 'b']],
    [{ LEADER_ELECT: 'T' }, 'leaderElect', true],
    [{ LOG_LEVEL: 'DEBUG' }, 'logLevel', 'debug'],
    [{ PROMETHEUS_BASE_URL: 'https://prometheus:9090/prefix/' }, 'prometheusUrl', 'https://prometheus:9090/prefix'],
  ] as const)('read %j', (env, key, value) => expect(options({}, env)[key]).toStrictEqual(value));

  it.each([
    [{ GLOBAL_OPT_INTERVAL: '999ms' }, 'GLOBAL_OPT_INTERVAL', 'a duration from 1s to 10m'],
    [{ GLOBAL_OPT_INTERVAL: '15' }, 'GLOBAL_OPT_INTERVAL', 'such as 15s'],
    [{ METRICS_BIND_ADDRESS: '8443' }, 'METRICS_BIND_ADDRESS', 'host:port'],
    [{ METRICS_BIND_ADDRESS: ':65536' }, 'METRICS_BIND_ADDRESS', 'host:port'],
    [{ WATCH_NAMESPACE: 'Team A' }, 'WATCH_NAMESPACE', 'Kubernetes names'],
    [{ LEADER_ELECT: 'maybe' }, 'LEADER_ELECT', 'true or false'],
    [{ WVA_METRIC_SOURCE: 'graphite' }, 'WVA_METRIC_SOURCE', 'one of auto, prometheus, scrape'],
    [{ WVA_METRIC_SOURCE: 'prometheus' }, '--prometheus-url', 'set, because the metric source is prometheus'],
    [{ LEADER_ELECTION_RENEW_DEADLINE: '15s' }, 'LEADER_ELECTION_RENEW_DEADLINE', 'shorter than the lease duration'],
    [{ LEADER_ELECTION_RETRY_PERIOD: '10s' }, 'LEADER_ELECTION_RETRY_PERIOD', 'shorter than the renew deadline'],
    [{ METRICS_SECURE: 'false' }, '--metrics-bind-address', 'a loopback address'],
    [{ HEALTH_PROBE_BIND_ADDRESS: ':8443' }, 'HEALTH_PROBE_BIND_ADDRESS', 'another address'],
    [{ PROMETHEUS_BASE_URL: 'https://p', PROMETHEUS_CLIENT_CERT_PATH: '/a' }, '--prometheus-key', 'go together'],
  ])('refuse %j', (env, key, part) => {
    expect(problems({}, env)).toStrictEqual([{ key, message: expect.stringContaining(part) as string }]);
  });

  it.each([
    [{ PROMETHEUS_BASE_URL: 'http://p:9090' }, ['PROMETHEUS_BASE_URL']],
    [{ PROMETHEUS_BASE_URL: 'http://p:9090', PROMETHEUS_ALLOW_HTTP: 'true' }, []],
    [{ PROMETHEUS_BASE_URL: 'http://p:9090', PROMETHEUS_ALLOW_HTTP: 'true', PROMETHEUS_BEARER_TOKEN: 't' }, ['PROMETHEUS_BEARER_TOKEN']],
    [{ PROMETHEUS_BASE_URL: 'http://p:9090', PROMETHEUS_ALLOW_HTTP: 'true', PROMETHEUS_TLS_INSECURE_SKIP_VERIFY: 'true' }, ['PROMETHEUS_TLS_INSECURE_SKIP_VERIFY']],
    [{ PROMETHEUS_BASE_URL: 'https://user:secret@p:9090' }, ['PROMETHEUS_BASE_URL']],
    [{ PROMETHEUS_BASE_URL: 'ftp://p' }, ['PROMETHEUS_BASE_URL']],
  ])('judge the way to Prometheus: %j', (env, keys) => {
    expect(problems({}, env).map(({ key }) => key)).toStrictEqual(keys);
  });

  it('tell every problem at once, and no secret', () => {
    const found = problems({ interval: '1', leaderElect: 'x' }, { PROMETHEUS_BASE_URL: 'https://user:secret@p', LOG_LEVEL: 'loud' });
    expect(found.map(({ key }) => key).toSorted()).toStrictEqual(['--interval', '--leader-elect', 'LOG_LEVEL', 'PROMETHEUS_BASE_URL']);
    const token = { PROMETHEUS_BASE_URL: 'http://p', PROMETHEUS_ALLOW_HTTP: '1', PROMETHEUS_BEARER_TOKEN: 'secret' };
    expect(JSON.stringify([...found, ...problems({}, token)])).not.toContain('secret');
  });

  it('have defaults that their own kind reads, and one flag and one variable each', () => {
    expect(options({}, Object.fromEntries(optionTable.flatMap((row) => (row.default ? [[row.env, row.default]] : []))))).toStrictEqual(options({}));
    for (const key of ['flag', 'env'] as const) {
      const written = optionTable.map((row) => row[key]).filter((value) => value !== undefined);
      expect(new Set(written).size).toBe(written.length);
    }
  });
});
