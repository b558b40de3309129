import type { Prefixes } from './columns.ts';

/**
 * Prompts as paths of blocks, boiled down to what a server's prefix cache is asked with: one id and a number of tokens each.
 *
 * Of every prompt, the blocks that another prompt has too are shared. Paths are cut into chains, at every fork the branch that more prompts take going on and
 * the others beginning chains of their own; a prompt has the id of the chain in which its shared part ends. Turns of one conversation are on one chain and find
 * each other whole; what is lost is that the first prompt of a side chain does not find the trunk.
 */
export interface PrefixTree {
  add(blocks: readonly number[], promptTokens: number): void;
  finish(blockTokens: number): Prefixes;
}

export function createPrefixTree(): PrefixTree {
  const nodes = new Map<number, number>();
  const parent: number[] = [];
  const depth: number[] = [];
  const visits: number[] = [];
  const leaves: number[] = [];
  const lengths: number[] = [];

  return {
    add(blocks, promptTokens) {
      let node = -1;
      for (const block of blocks) {
        let next = nodes.get(block);
        // an id that stands elsewhere under another parent is no chain of hashes; the blocks from there on are taken as the prompt's own
        if (next !== undefined && parent[next] !== node) break;
        if (next === undefined) {
          next = parent.length;
          nodes.set(block, next);
          parent.push(node);
          depth.push(node < 0 ? 1 : (depth[node] as number) + 1);
          visits.push(0);
        }
        visits[next] = (visits[next] as number) + 1;
        node = next;
      }
      leaves.push(node);
      lengths.push(promptTokens);
    },
    finish(blockTokens) {
      const heaviest = heaviestChildren(parent, visits);
      const chains = new Uint32Array(parent.length);
      let count = 0;
      // parents stand before their children
      for (let node = 0; node < parent.length; node++) {
        const above = parent[node] as number;
        chains[node] = above >= 0 && heaviest[above] === node ? (chains[above] as number) : count++;
      }
      const id = new Uint32Array(leaves.length);
      const tokens = new Uint32Array(leaves.length);
      for (let index = 0; index < leaves.length; index++) {
        let node = leaves[index] as number;
        while (node >= 0 && (visits[node] as number) < 2) node = parent[node] as number;
        if (node < 0) continue;
        id[index] = chains[node] as number;
        tokens[index] = Math.min((depth[node] as number) * blockTokens, lengths[index] as number);
      }
      return { count, id, tokens };
    },
  };
}

/** The child of every node that most prompts go on to; of equal ones the first. */
function heaviestChildren(parent: readonly number[], visits: readonly number[]): Int32Array {
  const heaviest = new Int32Array(parent.length).fill(-1);
  for (let node = 0; node < parent.length; node++) {
    const above = parent[node] as number;
    if (above < 0) continue;
    const best = heaviest[above] as number;
    if (best < 0 || (visits[node] as number) > (visits[best] as number)) heaviest[above] = node;
  }
  return heaviest;
}
