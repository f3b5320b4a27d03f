import { systemClock } from '@bearings/client';
import type { Clock } from '@bearings/client';
import type { GrantStore } from '../store/grant-store.ts';
import { MemoryFlows } from '../store/memory-flows.ts';

/** The store, but with flows in memory: a consent that is not completed in this process leaves nothing. */
export function withMemoryFlows(store: GrantStore, clock: Clock = systemClock): GrantStore {
  const flows: object = new MemoryFlows(clock);
  return new Proxy(store, {
    get(target, name): unknown {
      const owner = /Flows?(?:ByState)?$/.test(String(name)) ? flows : target;
      const member: unknown = Reflect.get(owner, name, owner);
      return typeof member === 'function' ? member.bind(owner) : member;
    },
  });
}
