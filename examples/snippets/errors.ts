import { createClient, formatHttpError, isBearingsError } from '@bearings/client';

const orders = createClient({ baseUrl: 'https://orders.internal' });

try {
  await orders.get('v1/orders/41');
} catch (error) {
  if (isBearingsError(error, 'HTTP_STATUS') && error.status === 404) console.log('no such order');
  else if (isBearingsError(error) && error.retryable) console.log(`later: ${formatHttpError(error, 'order 41')}`);
  else throw error;
}
