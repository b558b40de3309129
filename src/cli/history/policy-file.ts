import { readFile } from 'node:fs/promises';
import { optionsFrom, readPolicy, sourcesInText } from '../../config/index.ts';
import { defaultPolicySet, type PolicySet } from '../../model/index.ts';

/** The name that stands for the policy of who has written none. */
export const builtIn = 'built-in';

export type PolicyRead =
  | { readonly ok: true; readonly name: string; readonly policy: PolicySet; /** Said, and used all the same. */ readonly warnings: readonly string[] }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Reads a policy from a file: a policy document or its fields alone, the ConfigMaps as they would be applied, or the entries of the saturation
 * scaling ConfigMap alone. Everything that is wrong is told at once.
 */
export async function readPolicyFile(path: string): Promise<PolicyRead> {
  if (path === builtIn) return { ok: true, name: builtIn, policy: defaultPolicySet, warnings: [] };
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    return { ok: false, problems: [`The policy file ${path} cannot be read (${error instanceof Error ? error.message : String(error)}). A file, or ${builtIn}, was expected.`] };
  }
  return policyOf(text, path);
}

export function policyOf(text: string, path: string): PolicyRead {
  const found = sourcesInText(text, path, configMapPlaces());
  const { policy, problems } = readPolicy(found.sources);
  const said = (severity: string): string[] => problems.filter((problem) => problem.severity === severity).map(({ message }) => message);
  const errors = [...found.problems, ...said('error')];
  return errors.length > 0 ? { ok: false, problems: errors } : { ok: true, name: path, policy, warnings: said('warning') };
}

/** Where an installation that was not told otherwise looks for its ConfigMaps. */
export function configMapPlaces(): { readonly namespace: string; readonly saturationName: string } {
  const read = optionsFrom({}, {});
  if (!read.ok) throw new Error('The defaults of the settings are refused.');
  return { namespace: read.options.podNamespace, saturationName: read.options.saturationConfigMapName };
}
