import { ApiError, badRequest } from './api-error.ts';
import type { Fields } from './api-object.ts';
import { copyJson, isFields, sameJson } from './api-object.ts';

interface Operation {
  op: string;
  path: string;
  from?: string;
  value?: unknown;
}

/** The genuine server answers every patch that does not fit with this one sentence. */
const failed = (_why: string): ApiError => new ApiError(422, 'Invalid', 'the server rejected our request due to an error in our request', {});

/**
 * RFC 6902.
 * @throws {ApiError} 400 when it is no patch, 422 when it does not fit the document.
 */
export function applyJsonPatch(document: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw badRequest('error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp');
  let result = copyJson(document);
  for (const operation of patch as Operation[]) result = applyOperation(result, operation);
  return result;
}

const tokensOf = (pointer: string): string[] => pointer.split('/').slice(1).map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));

function applyOperation(document: unknown, operation: Operation): unknown {
  const path = tokensOf(operation.path ?? '');
  switch (operation.op) {
    case 'add':
      return put(document, path, operation.value, true);
    case 'replace':
      find(document, path);
      return put(document, path, operation.value, false);
    case 'remove':
      find(document, path);
      return drop(document, path);
    case 'test':
      if (!sameJson(findOr(document, path), operation.value ?? undefined) && !(operation.value === null && findOr(document, path) === undefined)) throw failed('test failed');
      return document;
    case 'move': {
      const from = tokensOf(operation.from ?? '');
      const value = find(document, from);
      return put(drop(document, from), path, value, true);
    }
    case 'copy':
      return put(document, path, copyJson(find(document, tokensOf(operation.from ?? ''))), true);
    default:
      throw failed(`unexpected kind: ${operation.op}`);
  }
}

function findOr(document: unknown, path: readonly string[]): unknown {
  let value = document;
  for (const token of path) value = Array.isArray(value) ? value[Number(token)] : isFields(value) ? value[token] : undefined;
  return value;
}

function find(document: unknown, path: readonly string[]): unknown {
  const value = findOr(document, path);
  if (value === undefined) throw failed(`the path /${path.join('/')} is missing`);
  return value;
}

function put(document: unknown, path: readonly string[], value: unknown, insert: boolean): unknown {
  const last = path.at(-1);
  if (last === undefined) return value;
  const parent = find(document, path.slice(0, -1));
  if (Array.isArray(parent)) {
    const index = last === '-' ? parent.length : Number(last);
    if (!Number.isInteger(index) || index < 0 || index > parent.length) throw failed(`the index ${last} is out of bounds`);
    parent.splice(index, insert ? 0 : 1, copyJson(value));
  } else if (isFields(parent)) parent[last] = copyJson(value);
  else throw failed(`the parent of /${path.join('/')} is no object`);
  return document;
}

function drop(document: unknown, path: readonly string[]): unknown {
  const parent = find(document, path.slice(0, -1)) as Fields | unknown[];
  const last = path.at(-1) ?? '';
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete parent[last];
  return document;
}
