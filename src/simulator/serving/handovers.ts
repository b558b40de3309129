import type { Agenda } from '../agenda.ts';
import type { ServingProfile } from './profile.ts';
import type { Handover, PrefillServer, TransferLink } from './request-path.ts';
import type { Sequence } from './sequence.ts';

/**
 * The two ends of a prompt's way from a prefill server to a decode server, as vLLM goes it with NIXL behind llm-d's sidecar: the decode server asks a
 * prefill server first; when the prompt is computed there, the request waits here for blocks; then the KV cache is copied, and the prefill
 * server's blocks are free; the last token of the prompt is computed here, and the first of the answer sampled.
 */
export interface Handovers {
  readonly link: TransferLink;
  /** Decode side: requests whose prompts are computed elsewhere. */
  expected(): number;
  /** Decode side: being copied. */
  copying(): number;
  /** Prefill side: computed and not copied yet. */
  offered(): number;
  /** Decode side. @returns false when the prefill server can never take it. */
  expect(sequence: Sequence, server: PrefillServer): boolean;
  /** Decode side: it has the blocks to be copied into. */
  transfer(sequence: Sequence): void;
  /** Prefill side: its prompt is computed, and its blocks are kept. */
  offer(sequence: Sequence, handover: Handover): void;
  /** Prefill side: its blocks are not needed any more. @returns false when it was not offered. */
  release(sequence: Sequence): boolean;
  /** Either side: it is out of the engine. */
  forget(sequence: Sequence): void;
}

const bitsPerByte = 8;

export function createHandovers(
  profile: ServingProfile,
  agenda: Agenda,
  told: {
    readonly arrived: (sequence: Sequence) => void;
    readonly copied: (sequence: Sequence) => void;
    readonly lost: (sequence: Sequence) => void;
    readonly released: (sequence: Sequence) => void;
  },
): Handovers {
  const { kvBytesPerToken = 0, transferGbps, transferLatencyMs = 0 } = profile;
  const link: TransferLink = {
    bytesPerMs: transferGbps === undefined ? Infinity : (transferGbps * 1e6) / bitsPerByte,
    latencyMs: transferLatencyMs,
    busyUntilMs: -Infinity,
  };
  const elsewhere = new Map<Sequence, PrefillServer>();
  const copies = new Map<Sequence, () => void>();
  const offers = new Set<Sequence>();
  const computing = new Set<Sequence>();

  return {
    link,
    expected: () => computing.size,
    copying: () => copies.size,
    offered: () => offers.size,
    expect(sequence, server) {
      elsewhere.set(sequence, server);
      sequence.remote = true;
      computing.add(sequence);
      const taken = server.computePrompt(sequence.request, {
        onReady() {
          computing.delete(sequence);
          told.arrived(sequence);
        },
        onLost() {
          elsewhere.delete(sequence);
          computing.delete(sequence);
          if (!sequence.gone) told.lost(sequence);
        },
      });
      if (taken) return true;
      elsewhere.delete(sequence);
      sequence.remote = false;
      computing.delete(sequence);
      return false;
    },
    transfer(sequence) {
      const server = elsewhere.get(sequence) as PrefillServer;
      const far = server.link;
      const bytes = (sequence.prefillTarget - sequence.computed) * kvBytesPerToken;
      const beginMs = Math.max(agenda.now(), far.busyUntilMs, link.busyUntilMs);
      const endMs = beginMs + bytes / Math.min(far.bytesPerMs, link.bytesPerMs);
      far.busyUntilMs = endMs;
      link.busyUntilMs = endMs;
      copies.set(
        sequence,
        agenda.at(endMs + Math.max(far.latencyMs, link.latencyMs), () => {
          copies.delete(sequence);
          elsewhere.delete(sequence);
          sequence.remote = false;
          sequence.computed = sequence.prefillTarget - 1;
          server.releasePrompt(sequence.request);
          told.copied(sequence);
        }),
      );
    },
    offer(sequence, handover) {
      offers.add(sequence);
      handover.onReady();
    },
    release(sequence) {
      if (!offers.delete(sequence)) return false;
      sequence.gone = true;
      told.released(sequence);
      return true;
    },
    forget(sequence) {
      computing.delete(sequence);
      offers.delete(sequence);
      copies.get(sequence)?.();
      copies.delete(sequence);
      const server = elsewhere.get(sequence);
      elsewhere.delete(sequence);
      if (sequence.remote && server !== undefined) server.releasePrompt(sequence.request);
    },
  };
}
