/** A caller, as the cluster knows it. */
export interface Identity {
  readonly name: string;
  readonly uid?: string;
  readonly groups: readonly string[];
  readonly extra: Readonly<Record<string, readonly string[]>>;
  /** Equal for equal identities: the key of cached answers about them. */
  readonly key: string;
}

/** Everybody who has proved who they are is in group system:authenticated, whether or not somebody said so. */
export function identityOf(parts: Omit<Identity, 'key'>): Identity {
  const { name, uid, extra } = parts;
  const isPlaced = parts.groups.some((group) => group === authenticated || group === unauthenticated);
  const groups = isPlaced ? parts.groups : [...parts.groups, authenticated];
  return { ...parts, groups, key: JSON.stringify([name, uid ?? '', groups, extra]) };
}

const authenticated = 'system:authenticated';
const unauthenticated = 'system:unauthenticated';

/** What a caller wants to do. */
export type Wish =
  | { readonly kind: 'resource'; readonly verb: 'list'; readonly group: string; readonly version: string; readonly resource: string; readonly namespace: string }
  | { readonly kind: 'path'; readonly verb: string; readonly path: string };

export function wishKey(wish: Wish): string {
  return wish.kind === 'path' ? `${wish.verb} ${wish.path}` : `${wish.namespace}/${wish.group}/${wish.version}/${wish.resource}/${wish.verb}`;
}
