import type { HttpRequest } from '../../runtime/index.ts';
import { authorize, refusal } from './authorization.ts';
import type { Shelves } from './shelves.ts';
import type { UserInfo } from './user.ts';

/**
 * Whom a request speaks for: its sender, or whoever `kubectl --as` names.
 * @throws {ApiError} 403 for a sender who may not.
 */
export function impersonated(sender: UserInfo, request: HttpRequest, shelves: Shelves): UserInfo {
  const username = request.headers?.['impersonate-user'];
  if (username === undefined) return sender;
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(username);
  const asked = account
    ? { verb: 'impersonate', group: '', resource: 'serviceaccounts', namespace: account[1] ?? '', name: account[2] ?? '' }
    : { verb: 'impersonate', group: '', resource: 'users', name: username };
  if (!authorize(sender, asked, shelves).allowed) throw refusal(sender, asked);
  const given = (request.headers?.['impersonate-group'] ?? '').split(',').map((group) => group.trim()).filter((group) => group !== '');
  const own = account ? ['system:serviceaccounts', `system:serviceaccounts:${account[1]}`] : [];
  return { username, groups: [...new Set([...(given.length > 0 ? given : own), 'system:authenticated'])] };
}
