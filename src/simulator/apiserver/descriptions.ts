/** Our own words for what people ask `kubectl explain` about; a field without words is shown by name and type. */
const words: Record<string, string> = {
  Deployment: 'Keeps a number of equal pods running and replaces them step by step when their template changes.',
  DeploymentSpec: 'What a Deployment is asked to run.',
  'Deployment.spec': 'What is asked for.',
  'Deployment.status': 'What was last seen to run.',
  'DeploymentSpec.replicas': 'How many pods to run; 1 when absent.',
  'DeploymentSpec.selector': 'Finds the pods that belong here; must match the labels of the template, and cannot be changed.',
  'DeploymentSpec.template': 'What a pod looks like.',
  'DeploymentSpec.strategy': 'How old pods give way to new ones.',
  'DeploymentSpec.paused': 'While true, changes of the template are not rolled out.',
  'DeploymentSpec.minReadySeconds': 'Seconds for which a new pod must be ready to count as available.',
  'DeploymentSpec.progressDeadlineSeconds': 'Seconds without progress after which a rollout is reported as failed; 600 when absent.',
  'DeploymentSpec.revisionHistoryLimit': 'Old replica sets to keep for going back; 10 when absent.',
  Pod: 'Containers that run together on one node.',
  ObjectMeta: 'What every object carries: its names, labels and history.',
  HorizontalPodAutoscaler: 'Sets the number of replicas of a workload from metrics.',
};

export function describeField(type: string, field: string): string | undefined {
  return words[field === '' ? type : `${type}.${field}`];
}
