import { parse } from 'yaml';
import { z } from 'zod';
import { errorText } from '../../base/index.ts';
import type { Finding } from './finding.ts';
import { profileFileOf, servingFile } from './profile-file.ts';
import { tellIssue } from './tell-issue.ts';

/** Puts profiles that a variant names by their file into the scenario, so that it is whole wherever it is sent. */
export function inlineProfiles(data: unknown, readFile: ((name: string) => string) | undefined): { readonly data: unknown; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const models = list(field(data, 'models'));
  if (models === undefined) return { data, findings };

  const whole = models.map((model, modelIndex) => {
    const variants = list(field(model, 'variants'));
    if (variants === undefined) return model;
    return {
      ...(model as object),
      variants: variants.map((variant, variantIndex) => {
        const name = field(variant, 'profile');
        if (typeof name !== 'string' || !/[.](json|ya?ml)$/.test(name) || field(variant, 'ownProfile') !== undefined) return variant;
        const read = readProfile(name, readFile);
        if ('problem' in read) {
          findings.push({ path: ['models', modelIndex, 'variants', variantIndex, 'profile'], message: read.problem });
          return variant;
        }
        return { ...(variant as object), ownProfile: read.profile };
      }),
    };
  });
  return { data: { ...(data as object), models: whole }, findings };
}

function readProfile(name: string, readFile: ((name: string) => string) | undefined): { readonly profile: unknown } | { readonly problem: string } {
  if (readFile === undefined) return { problem: `names the file ${name}, and this scenario was not read from a folder` };
  let content: unknown;
  try {
    content = parse(readFile(name));
  } catch (error) {
    return { problem: `names the file ${name}, which cannot be read: ${errorText(error)}` };
  }
  const schema = profileFileOf(content);
  const parsed = schema.safeParse(content);
  if (parsed.success) return { profile: servingFile(parsed.data) };
  const what = parsed.error.issues
    .flatMap((issue) => tellIssue(issue, content, z.toJSONSchema(schema, { io: 'input' })))
    .map(({ path, key, message }) => `${[...path, ...(key === undefined ? [] : [key])].join('.')} ${message}`)
    .join('; ');
  return { problem: `names the file ${name}, which is no serving profile: ${what}` };
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

function list(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}
