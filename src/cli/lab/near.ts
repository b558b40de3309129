import { nearNames } from '../../lab/policies/index.ts';

/** `There is no policy "hap". Did you mean hpa?` Of more than three that begin like it, the pattern. */
export function thereIsNo(what: string, name: string, names: readonly string[], list: string): string {
  const alike = names.filter((other) => other.startsWith(name));
  const near = alike.length > 3 ? [`'${name}*'`] : nearNames(name, names, 3);
  return `There is no ${what} ${JSON.stringify(name)}. ${near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `${list} shows what there is.`}`;
}
