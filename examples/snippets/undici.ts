import { createClient, explain } from '@bearings/client';
import { withUndici } from '@bearings/undici';

const network = withUndici({ connections: 64, connectTimeout: 2_000 });
const orders = createClient({ baseUrl: 'https://orders.internal' }, network);

console.log(explain(orders).split('\n').at(-1));
