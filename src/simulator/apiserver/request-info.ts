/** What a path under /api or /apis asks for. */
export interface RequestInfo {
  readonly group: string;
  readonly version: string;
  /** Absent for the discovery of a group or version. */
  readonly plural?: string;
  readonly namespace?: string;
  readonly name?: string;
  readonly subresource?: string;
  /** What comes after the subresource (a proxy's path). */
  readonly rest?: string;
}

/** Reads `/apis/<group>/<version>/namespaces/<namespace>/<plural>/<name>/<subresource>`; undefined for other paths. */
export function parsePath(path: string): RequestInfo | undefined {
  const parts = path.split('/').filter((part) => part !== '').map(decodeURIComponent);
  const core = parts[0] === 'api';
  if (!core && parts[0] !== 'apis') return undefined;
  const group = core ? '' : (parts[1] ?? '');
  const version = core ? (parts[1] ?? '') : (parts[2] ?? '');
  let rest = parts.slice(core ? 2 : 3);
  if (rest.length === 0) return { group, version };
  let namespace: string | undefined;
  if (rest[0] === 'namespaces' && rest.length >= 3 && !(core && (rest[2] === 'status' || rest[2] === 'finalize') && rest.length === 3)) {
    namespace = rest[1];
    rest = rest.slice(2);
  }
  const [plural, name, subresource, ...more] = rest as [string, ...string[]];
  return {
    group,
    version,
    plural,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
    ...(more.length > 0 ? { rest: more.join('/') } : {}),
  };
}

export type Verb = 'get' | 'list' | 'watch' | 'create' | 'update' | 'patch' | 'delete' | 'deletecollection';

/** The verb of authorization and discovery. */
export function verbOf(method: string, info: RequestInfo, query: URLSearchParams): Verb | undefined {
  const named = info.name !== undefined;
  switch (method) {
    case 'GET':
    case 'HEAD':
      if (named && !(query.get('watch') ?? '').match(/^(1|true)$/)) return 'get';
      return /^(1|true)$/.test(query.get('watch') ?? '') ? 'watch' : 'list';
    case 'POST':
      return 'create';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'DELETE':
      return named ? 'delete' : 'deletecollection';
    default:
      return undefined;
  }
}
