import { formatHttpError, isBearingsError } from '@bearings/client';
import type { Client } from '@bearings/client';
import { setTimeout as pause } from 'node:timers/promises';
import type { Order } from './billing.ts';

/** The calls of billing, each for a different order, and their results. */
export interface Workload {
  readonly made: number;
  readonly unauthorized: number;
  /** One line per failed call. */
  readonly failures: readonly string[];
  /** Sends this number of calls at once. */
  sendAtOnce(calls: number): Promise<void>;
  /** Sends one call after the other until the condition is true, or `limitMs` have passed. */
  sendUntil(condition: () => boolean, limitMs: number): Promise<void>;
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
      if (isBearingsError(error, 'HTTP_STATUS') && error.response.status === 401) unauthorized += 1;
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
    async sendAtOnce(calls) {
      await Promise.all(Array.from({ length: calls }, call));
    },
    async sendUntil(condition, limitMs) {
      const endsAt = performance.now() + limitMs;
      while (!condition() && performance.now() < endsAt) {
        await call();
        await pause(pauseMs);
      }
    },
  };
}
