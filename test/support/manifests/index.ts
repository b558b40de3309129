import { readdirSync, readFileSync } from 'node:fs';
import { parse, parseAllDocuments } from 'yaml';

/** VariantAutoscalings that every API server must take as they are, and such that every one must refuse. */

export interface GoodManifest {
  /** `v0.5`, `seed-two-accelerators[1]`: file, and which of its documents if there are several. */
  readonly name: string;
  /** The whole file, as a person would apply it. */
  readonly yaml: string;
  readonly object: Manifest;
}

export interface BadManifest {
  readonly name: string;
  /** What the refusal must name: `spec.maxReplicas`. */
  readonly field: string;
  /** Part of our own parser's message. */
  readonly because: string;
  readonly object: Manifest;
}

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  spec: Record<string, unknown>;
}

const here = new URL('.', import.meta.url);

/** Released versions' manifests, the seed's, and one with every field. */
export function goodManifests(): GoodManifest[] {
  const files = readdirSync(new URL('good/', here)).filter((file) => file.endsWith('.yaml')).toSorted();
  return files.flatMap((file) => {
    const yaml = readFileSync(new URL(`good/${file}`, here), 'utf8');
    const documents = parseAllDocuments(yaml);
    const name = file.replace(/[.]yaml$/, '');
    return documents.map((document, index) => ({
      name: documents.length === 1 ? name : `${name}[${index}]`,
      yaml,
      object: document.toJS() as Manifest,
    }));
  });
}

/** A good resource with one thing wrong, for everything that can be wrong. */
export function badManifests(): BadManifest[] {
  const rows = parse(readFileSync(new URL('bad.yaml', here), 'utf8')) as { name: string; field: string; because: string; whole?: boolean; spec: Record<string, unknown> }[];
  return rows.map(({ name, field, because, whole, spec }) => {
    const good = { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'chat-decode' }, modelID: 'org/chat-8b', accelerator: 'A100' };
    const merged = Object.entries(whole ? spec : { ...good, ...spec }).filter(([, value]) => value !== null);
    return { name, field, because, object: { apiVersion: 'llmd.ai/v1alpha1', kind: 'VariantAutoscaling', metadata: { name }, spec: Object.fromEntries(merged) } };
  });
}
