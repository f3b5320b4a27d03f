import { createServer } from 'node:http';
import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';

const clientSecret = process.env['ORDERS_SECRET'] ?? '';
const token = await orThrow(Token.create({ issuerUrl: 'https://id.internal', clientId: 'billing', clientSecret }));
const orders = createClient({ baseUrl: 'https://orders.internal' }, withBearerAuth(token));
const answer = async (): Promise<string> => orders.get('v1/orders/42').text();
const server = createServer((_request, response) => void answer().then((text) => response.end(text)));
server.listen(0);

async function shutDown(): Promise<void> {
  await new Promise((resolve) => server.close(resolve));
  await orders.close();
  await token.close();
  console.log('closed');
}
process.once('SIGTERM', () => void shutDown());

await shutDown(); // here at once, to show it
