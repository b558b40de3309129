import type { Policy } from '../policy.ts';
import { ourPolicy } from './our-policy.ts';

export { ourPolicy } from './our-policy.ts';

/** Our own engine on each of its ways out, with and without knowing how long pods take to start. */
export function ourPolicies(): readonly Policy[] {
  return [
    ourPolicy(),
    ourPolicy({ actuation: 'direct' }),
    ourPolicy({ name: 'wva-startup-known', title: 'This product, told how long pods take to start', startupKnown: true }),
    ourPolicy({ name: 'wva-direct-startup-known', title: 'This product, writing scales itself, told how long pods take', actuation: 'direct', startupKnown: true }),
  ];
}
