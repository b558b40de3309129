import type { InferenceRequest } from './request.ts';

/** How a request came to an engine, and what whoever sent it wants to hear. */
export interface RequestPath {
  /** A server that computes the prompt first; only for a decode server. */
  readonly prefillAt?: PrefillServer;
  /** When its first token goes out; `request.firstTokenAtMs` is set. */
  readonly onFirstToken?: (request: InferenceRequest) => void;
  /** After `request.onEnd`. */
  readonly onEnd?: (request: InferenceRequest) => void;
}

/** What a decode server needs of the engine that computes a prompt for it. */
export interface PrefillServer {
  readonly role: 'both' | 'prefill' | 'decode';
}
