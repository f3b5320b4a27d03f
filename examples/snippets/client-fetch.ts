import { createClient } from '@bearings/client';
import { staticToken, withBearerAuth } from '@bearings/oauth-bearer';

const token = staticToken(process.env['ORDERS_TOKEN'] ?? 'from-somewhere-else');
const client = createClient({}, withBearerAuth(token, { origins: ['https://orders.internal'] }));

// a library that takes a custom fetch gets the token, retries and timeouts
const response = await client.fetch('https://orders.internal/v1/orders/42');
console.log(response.status);
