import type { Clock, HttpRequest } from '../../runtime/index.ts';
import type { ResourceDefinition } from './definition.ts';
import type { Registry } from './registry.ts';
import type { RequestInfo, Verb } from './request-info.ts';
import type { Shelves } from './shelves.ts';
import type { UserInfo } from './user.ts';

export interface ResourceDesk {
  readonly clock: Clock;
  readonly registry: Registry;
  readonly shelves: Shelves;
  readonly cut: () => AbortSignal;
  readonly userOf: (token: string) => UserInfo | undefined;
}

export interface Asked {
  readonly request: HttpRequest;
  readonly info: RequestInfo;
  readonly verb: Verb;
  readonly query: URLSearchParams;
  readonly definition: ResourceDefinition;
  readonly user: UserInfo;
}
