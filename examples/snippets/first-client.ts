import { createClient, formatHttpError } from '@bearings/client';

const orders = createClient({ baseUrl: 'https://orders.internal', timeout: 5_000, totalTimeout: 20_000 });

try {
  const order = await orders.get('v1/orders/42', { retry: 1 }).json<{ state: string }>();
  console.log(order.state);
} catch (error) {
  console.error(formatHttpError(error, 'order 42'));
}
