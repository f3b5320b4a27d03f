import { createClients, loadConfig } from '@bearings/config';

const config = await loadConfig('examples/snippets/clients.yaml', { env: process.env });
if (config.isErr()) throw config.error; // its message lists all problems
await using clients = await createClients(config.value, { names: ['orders'] });

console.log(await clients.orders.get('v1/orders/42').json());
