/** Counts the hours that replicas hold their accelerators: from their start until they are gone. */
export interface CostMeter {
  begin(replica: string, target: string, costPerHour: number, atMs: number): void;
  end(replica: string, atMs: number): void;
  total(target: string, atMs: number): { readonly replicaHours: number; readonly cost: number };
}

const hourMs = 3_600_000;

export function createCostMeter(): CostMeter {
  const running = new Map<string, { readonly target: string; readonly costPerHour: number; readonly sinceMs: number }>();
  const ended = new Map<string, { replicaHours: number; cost: number }>();
  return {
    begin(replica, target, costPerHour, atMs) {
      if (!running.has(replica)) running.set(replica, { target, costPerHour, sinceMs: atMs });
    },
    end(replica, atMs) {
      const entry = running.get(replica);
      if (entry === undefined) return;
      running.delete(replica);
      const hours = (atMs - entry.sinceMs) / hourMs;
      const before = ended.get(entry.target) ?? { replicaHours: 0, cost: 0 };
      ended.set(entry.target, { replicaHours: before.replicaHours + hours, cost: before.cost + hours * entry.costPerHour });
    },
    total(target, atMs) {
      let { replicaHours, cost } = ended.get(target) ?? { replicaHours: 0, cost: 0 };
      for (const entry of running.values()) {
        if (entry.target !== target) continue;
        const hours = (atMs - entry.sinceMs) / hourMs;
        replicaHours += hours;
        cost += hours * entry.costPerHour;
      }
      return { replicaHours, cost };
    },
  };
}
