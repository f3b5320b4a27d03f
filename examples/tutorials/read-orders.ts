import { orThrow } from '@bearings/client';
import { createClients, loadConfig } from '@bearings/config';

const config = await orThrow(loadConfig('bearings.yaml', { env: process.env }));
await using clients = await createClients(config, { names: ['orders'] });

console.log(await clients.orders.get('v1/orders/42').json());
