import { isBearingsError } from '@bearings/client';
import type { Client } from '@bearings/client';

/** The total of an order in euros, or undefined if there is no such order. */
export async function readTotal(orders: Client, id: string): Promise<number | undefined> {
  try {
    const { total } = await orders.get(`v1/orders/${encodeURIComponent(id)}`).json<{ total: number }>();
    return total;
  } catch (error) {
    if (isBearingsError(error, 'HTTP_STATUS') && error.status === 404) return undefined;
    throw error;
  }
}
