import { createClient, isBearingsError } from '@bearings/client';
import { paginate } from '@bearings/client/paging';

const api = createClient({ baseUrl: 'https://orders.internal' });

try {
  let count = 0;
  const pages = paginate<{ id: number }>(api, 'v1/orders', {
    paging: { type: 'cursor', next: '/meta/next_cursor', param: 'cursor' },
    records: '/data',
    searchParams: { state: 'shipped', limit: 2 },
  });
  for await (const { records } of pages) count += records.length;
  console.log(`${count} orders`);
} catch (error) {
  if (!isBearingsError(error, 'PAGING')) throw error;
  console.error(error.reason, error.message);
}
