import { Failure, pastConfigQuery, presenceQuery, samplesQuery, type PrometheusClient } from '../../../prometheus/index.ts';
import type { Clock } from '../../../runtime/index.ts';
import type { PrometheusAnswer } from '../../../wire/index.ts';
import type { Answers } from './answers.ts';
import type { Stretch } from './chunk-store.ts';

export interface Question {
  readonly client: PrometheusClient;
  readonly clock: Clock;
  /** Label matchers added to every query. */
  readonly matchers: string;
  readonly namespaces: readonly string[];
  readonly stepMs: number;
  /** How long before the first cycle samples are needed. */
  readonly lookbackMs: number;
}

/** What Prometheus takes for one series of a range query, with room to spare: 11 000 is where it refuses. */
export const mostCycles = 10_000;

/** Series that tell how many replicas a target had. */
const targetNames = ['kube_deployment_spec_replicas', 'kube_deployment_status_replicas_ready', 'kube_statefulset_replicas', 'kube_statefulset_status_replicas_ready'];
const ownNames = ['wva_current_replicas', 'wva_desired_replicas'];

/**
 * Asks everything about one stretch.
 * @throws {Failure} to be read after "Prometheus".
 */
export async function ask(question: Question, { fromMs, toMs }: Stretch, signal: AbortSignal): Promise<Answers> {
  const { client, matchers, stepMs, lookbackMs } = question;
  const rangeMs = toMs - fromMs + lookbackMs;
  const range = (query: string): Promise<PrometheusAnswer> => client.range(query, { signal, fromMs, toMs, stepMs });
  // the large answer first and alone: where it is refused, the others are not asked for nothing
  const samples = expecting('matrix', await client.instant(samplesQuery(rangeMs, matchers), { signal, atMs: toMs }));
  const [config, presence, targets, pods] = await Promise.all([
    client.instant(pastConfigQuery(rangeMs, matchers), { signal, atMs: toMs }),
    range(presenceQuery(matchers)),
    range(targetsQuery(question)),
    range(podsQuery(question)),
  ]);
  return { samples, config: expecting('vector', config), presence: expecting('matrix', presence), targets: expecting('matrix', targets), pods: expecting('matrix', pods) };
}

/** Whether half as much might be answered. */
export function isTooMuch(failure: Failure): boolean {
  return failure.why === 'TooLarge' || failure.why === 'TimedOut' || /too many samples|maximum resolution|HTTP status (413|422|50[34])/i.test(failure.message);
}

function expecting(resultType: PrometheusAnswer['resultType'], answer: PrometheusAnswer): PrometheusAnswer {
  if (answer.resultType !== resultType) throw new Failure('Malformed', `answered with a ${answer.resultType} where a ${resultType} was asked for`);
  return answer;
}

/** A scrape without honorLabels puts the namespace of a series under another name. */
function inNamespaces(names: readonly string[], { namespaces, matchers }: Question, also = ''): string {
  const wanted = namespaces.map((name) => name.replaceAll('.', '\\\\.')).join('|');
  const rest = `${also === '' ? '' : `,${also}`}${matchers === '' ? '' : `,${matchers}`}`;
  const name = `__name__=~"${names.join('|')}"`;
  return `{${name},exported_namespace=~"${wanted}"${rest}} or {${name},exported_namespace="",namespace=~"${wanted}"${rest}}`;
}

function targetsQuery(question: Question): string {
  return inNamespaces([...targetNames, ...ownNames], question);
}

function podsQuery(question: Question): string {
  const facts = inNamespaces(['kube_pod_info', 'kube_pod_created', 'kube_pod_deletion_timestamp', 'kube_pod_status_scheduled_time', 'kube_pod_status_ready_time'], question);
  const ready = inNamespaces(['kube_pod_status_ready'], question, 'condition="true"');
  const phase = inNamespaces(['kube_pod_status_phase'], question);
  return `${facts} or ${ready} or ((${phase}) == 1)`;
}
