import { plainText } from './api-object.ts';
import type { Cause } from './api-error.ts';

const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const labelValue = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const qualifiedPart = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;

const subdomainSentence =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const labelSentence =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const labelValueSentence =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const qualifiedSentence =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

export const required = (field: string, message = ''): Cause => ({
  reason: 'FieldValueRequired',
  message: message === '' ? 'Required value' : `Required value: ${message}`,
  field,
});

export const invalidValue = (field: string, value: unknown, why: string): Cause => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${typeof value === 'string' ? goQuoted(value) : plainText(value)}: ${why}`,
  field,
});

export const forbiddenField = (field: string, why: string): Cause => ({ reason: 'FieldValueForbidden', message: `Forbidden: ${why}`, field });

export const notSupported = (field: string, value: unknown, allowed: readonly string[]): Cause => ({
  reason: 'FieldValueNotSupported',
  message: `Unsupported value: ${typeof value === 'string' ? goQuoted(value) : plainText(value)}: supported values: ${allowed.map((each) => goQuoted(each)).join(', ')}`,
  field,
});

export function goQuoted(text: string): string {
  return JSON.stringify(text);
}

/** Kinds whose names are DNS labels rather than subdomains. */
const labelNamed = new Set(['Namespace', 'Service']);
const freelyNamed = new Set(['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding']);

export function nameCauses(kind: string, name: string, field = 'metadata.name'): Cause[] {
  if (freelyNamed.has(kind)) return /[/%]/.test(name) ? [invalidValue(field, name, "may not contain '/'")] : [];
  if (labelNamed.has(kind)) {
    if (name.length > 63) return [invalidValue(field, name, 'must be no more than 63 characters')];
    return label.test(name) ? [] : [invalidValue(field, name, labelSentence)];
  }
  if (name.length > 253) return [invalidValue(field, name, 'must be no more than 253 bytes')];
  return subdomain.test(name) ? [] : [invalidValue(field, name, subdomainSentence)];
}

export function labelCauses(labels: Readonly<Record<string, string>> | undefined, field: string): Cause[] {
  const causes: Cause[] = [];
  for (const [key, value] of Object.entries(labels ?? {})) {
    causes.push(...keyCauses(key, field));
    if (value.length > 63) causes.push(invalidValue(field, value, 'must be no more than 63 bytes'));
    if (!labelValue.test(value)) causes.push(invalidValue(field, value, labelValueSentence));
  }
  return causes;
}

export function keyCauses(key: string, field: string): Cause[] {
  const slash = key.lastIndexOf('/');
  const [prefix, name] = slash < 0 ? [undefined, key] : [key.slice(0, slash), key.slice(slash + 1)];
  const causes: Cause[] = [];
  if (prefix !== undefined && !subdomain.test(prefix)) causes.push(invalidValue(field, key, prefix === '' ? 'prefix part must be non-empty' : `prefix part ${subdomainSentence}`));
  if (name === '') causes.push(invalidValue(field, key, 'name part must be non-empty'));
  if (name.length > 63) causes.push(invalidValue(field, key, 'name part must be no more than 63 bytes'));
  if (!qualifiedPart.test(name)) causes.push(invalidValue(field, key, qualifiedSentence));
  return causes;
}
