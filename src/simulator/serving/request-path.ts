import type { InferenceRequest } from './request.ts';

/** How a request came to an engine, and what whoever sent it wants to hear. */
export interface RequestPath {
  /** A server that computes the prompt first; only for a decode server. */
  readonly prefillAt?: PrefillServer | undefined;
  /** When its first token goes out; `request.firstTokenAtMs` is set. */
  readonly onFirstToken?: (request: InferenceRequest) => void;
  /** After `request.onEnd`. */
  readonly onEnd?: (request: InferenceRequest) => void;
}

/** What a decode server needs of the engine that computes a prompt for it. */
export interface PrefillServer {
  /** @returns false when the prompt can never fit. */
  computePrompt(request: InferenceRequest, handover: Handover): boolean;
  /** The blocks of the prompt are not needed any more, whether it is computed or not. */
  releasePrompt(request: InferenceRequest): void;
  readonly link: TransferLink;
}

/** What a decode server hears of a prompt that is computed for it. */
export interface Handover {
  /** The prompt is computed, and its blocks are held until `releasePrompt`. */
  readonly onReady: () => void;
  /** The prefill server went away, and the blocks with it. */
  readonly onLost: () => void;
}

/** One server's side of the network between servers. Transfers go over it one after the other. */
export interface TransferLink {
  readonly bytesPerMs: number;
  readonly latencyMs: number;
  busyUntilMs: number;
}
