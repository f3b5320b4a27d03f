import { formatHttpError, isHTTPError } from '@bearings/client';
import type { Client } from '@bearings/client';
import { setTimeout as pause } from 'node:timers/promises';
import type { Order } from './billing.ts';

/** The work that billing does: orders, each asked for once, and what became of the calls as billing saw it. */
export interface Workload {
  readonly made: number;
  readonly unauthorized: number;
  /** One line per call that failed. */
  readonly failures: readonly string[];
  /** So many calls at once. */
  burst(calls: number): Promise<void>;
  /** One call after the other until something has happened, or has not within `limitMs`. */
  trickle(happened: () => boolean, limitMs: number): Promise<void>;
}

const pauseMs = 20;

export function createWorkload(orders: Client): Workload {
  const failures: string[] = [];
  let made = 0;
  let unauthorized = 0;

  const call = async (): Promise<void> => {
    made += 1;
    const id = String(made);
    try {
      const order = await orders.get(`v1/orders/${id}`).json<Order>();
      if (order.id !== id) failures.push(`order ${id}: came back as ${order.id}`);
    } catch (error) {
      if (isHTTPError(error) && error.response.status === 401) unauthorized += 1;
      failures.push(formatHttpError(error, `order ${id}`));
    }
  };

  return {
    get made() {
      return made;
    },
    get unauthorized() {
      return unauthorized;
    },
    failures,
    async burst(calls) {
      await Promise.all(Array.from({ length: calls }, call));
    },
    async trickle(happened, limitMs) {
      const endsAt = performance.now() + limitMs;
      while (!happened() && performance.now() < endsAt) {
        await call();
        await pause(pauseMs);
      }
    },
  };
}
