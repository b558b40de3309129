import type { Clock, Random, Transport } from '../../runtime/index.ts';
import type { APIService } from '../../wire/index.ts';
import type { Faults } from './fault.ts';
import type { ObjectStore } from './object-store.ts';
import type { UserInfo } from './user.ts';

export interface ApiServerOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Bearer tokens to users. With none given, every request is from `system:admin` in `system:masters`. */
  readonly tokens?: Readonly<Record<string, UserInfo>>;
  /** Reaches the server behind an APIService; undefined where there is none. */
  readonly aggregated?: (apiService: APIService) => Transport | undefined;
  readonly faults?: Faults;
}

export interface ApiServer {
  /** The whole HTTP API. */
  readonly handle: Transport;
  readonly store: ObjectStore;
  /** Forgets history up to this revision (default: all of it): older watches and continue tokens get 410. */
  compactTo(revision?: number): void;
  /** Replaces the faults; undefined ends them. */
  setFaults(faults: Faults | undefined): void;
  /** Cuts all watches, as a restart does. */
  restart(): void;
}

export declare function createApiServer(options: ApiServerOptions): ApiServer;
