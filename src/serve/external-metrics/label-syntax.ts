const longest = 63;
const name = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const value = `(${name})?`;
const subdomain = String.raw`[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*`;

const nameRule =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
  `(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${name}')`;
const valueRule =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an " +
  `alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '${value}')`;
const subdomainRule =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an " +
  `alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomain}')`;

/** What is wrong with a label's key, in Kubernetes' words, or `undefined`. */
export function invalidKey(key: string): string | undefined {
  const parts = key.split('/');
  if (parts.length > 2) return `a qualified name ${nameRule} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`;
  const wrong: string[] = [];
  const own = parts.at(-1) ?? '';
  if (parts.length === 2) {
    const prefix = parts[0] ?? '';
    if (prefix === '') wrong.push('prefix part must be non-empty');
    else if (prefix.length > 253) wrong.push('prefix part must be no more than 253 characters');
    else if (!matches(subdomain, prefix)) wrong.push(`prefix part ${subdomainRule}`);
  }
  if (own === '') wrong.push('name part must be non-empty');
  else if (own.length > longest) wrong.push(`name part must be no more than ${longest} characters`);
  if (!matches(name, own)) wrong.push(`name part ${nameRule}`);
  return wrong.length === 0 ? undefined : wrong.join('; ');
}

/** What is wrong with a label's value in a selector, in Kubernetes' words, or `undefined`. */
export function invalidValue(text: string): string | undefined {
  const wrong: string[] = [];
  if (text.length > longest) wrong.push(`must be no more than ${longest} characters`);
  if (!matches(value, text)) wrong.push(valueRule);
  return wrong.length === 0 ? undefined : wrong.join('; ');
}

function matches(pattern: string, text: string): boolean {
  return new RegExp(`^${pattern}$`).test(text);
}
