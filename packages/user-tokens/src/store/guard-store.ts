import type { Clock } from '@bearings/client';
import { StoreError } from '../errors.ts';
import type { GrantStore } from './grant-store.ts';
import { toStoreError } from './sql/to-store-error.ts';

/**
 * A store whose methods always settle: an error that is not a `StoreError` becomes one, and a call that takes longer than
 * `timeoutMs` fails. Such a call may still be carried out; every change is conditional, so that doing it again is safe.
 */
export function guardStore(store: GrantStore, timeoutMs: number, clock: Clock): GrantStore {
  return new Proxy(store, {
    get(target, name): unknown {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return async (...values: unknown[]): Promise<unknown> => {
        const { promise: late, reject } = Promise.withResolvers<never>();
        const expire = (): void =>
          reject(new StoreError('unavailable', `${store.name} did not answer within ${timeoutMs} ms`));
        const cancel = clock.schedule(timeoutMs, expire, { background: true });
        try {
          return await Promise.race([Reflect.apply(member, target, values), late]);
        } catch (cause) {
          throw toStoreError(store.name, cause);
        } finally {
          cancel();
        }
      };
    },
  });
}
