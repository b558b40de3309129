import type { Agenda } from '../agenda.ts';
import type { InferenceRequest } from './request.ts';

/** Requests that a router has not given to a server yet, in order of arrival. */
export interface HeldRequests {
  size(): number;
  tokens(): number;
  push(request: InferenceRequest): void;
  shift(): InferenceRequest | undefined;
  /** @returns false when it is not held. */
  remove(request: InferenceRequest): boolean;
}

export function createHeldRequests(
  agenda: Agenda,
  options: {
    readonly patienceMs: number;
    readonly holdAtMostMs: number | undefined;
    readonly canServe: () => boolean;
    readonly refuse: (request: InferenceRequest) => void;
  },
): HeldRequests {
  const { patienceMs, holdAtMostMs = Infinity, canServe, refuse } = options;
  const cancels = new Map<InferenceRequest, () => void>();
  let tokens = 0;

  function remove(request: InferenceRequest): boolean {
    const cancel = cancels.get(request);
    if (cancel === undefined) return false;
    cancel();
    cancels.delete(request);
    tokens -= request.promptTokens;
    return true;
  }

  /** After its patience a request goes on waiting only when there is somebody to wait for. */
  function watch(request: InferenceRequest, heldMs: number): void {
    const nextMs = Math.min(heldMs + patienceMs, holdAtMostMs);
    cancels.set(
      request,
      agenda.at(agenda.now() + nextMs - heldMs, () => {
        if (canServe() && nextMs < holdAtMostMs) watch(request, nextMs);
        else if (remove(request)) refuse(request);
      }),
    );
  }

  return {
    size: () => cancels.size,
    tokens: () => tokens,
    push(request) {
      tokens += request.promptTokens;
      watch(request, 0);
    },
    shift() {
      const first = cancels.keys().next().value;
      if (first !== undefined) remove(first);
      return first;
    },
    remove,
  };
}
