import type { ApiObject } from './api-object.ts';
import { authorize } from './authorization.ts';
import type { Shelves } from './shelves.ts';
import type { UserInfo } from './user.ts';

interface AccessSpec {
  user?: string;
  groups?: string[];
  uid?: string;
  resourceAttributes?: { namespace?: string; verb?: string; group?: string; resource?: string; subresource?: string; name?: string };
  nonResourceAttributes?: { path?: string; verb?: string };
}

/** Answers TokenReviews and the three kinds of access review; they are asked, never stored. */
export function review(object: ApiObject, asker: UserInfo, userOf: (token: string) => UserInfo | undefined, shelves: Shelves): ApiObject {
  if (object.kind === 'TokenReview') {
    const token = ((object['spec'] ?? {}) as { token?: string }).token ?? '';
    const user = userOf(token);
    const status = user ? { authenticated: true, user } : { user: {}, error: 'invalid bearer token' };
    return { ...object, metadata: {}, status };
  }
  const spec = (object['spec'] ?? {}) as AccessSpec;
  const user: UserInfo = object.kind === 'SelfSubjectAccessReview' ? asker : { username: spec.user ?? '', groups: spec.groups ?? [] };
  const { resourceAttributes: resource, nonResourceAttributes: plain } = spec;
  const asked = plain ? { verb: plain.verb ?? '', path: plain.path ?? '' } : { ...resource, verb: resource?.verb ?? '' };
  const { allowed, reason } = authorize(user, asked, shelves);
  return { ...object, metadata: {}, status: { allowed, ...(reason === '' ? {} : { reason }) } };
}
