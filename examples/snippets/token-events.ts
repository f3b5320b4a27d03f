import { orThrow } from '@bearings/client';
import { Token } from '@bearings/oauth-bearer';

const clientSecret = async (): Promise<string> => process.env['ORDERS_SECRET'] ?? ''; // called at each acquisition
const config = { issuerUrl: 'https://id.internal', clientId: 'billing', clientSecret, start: 'lazy' } as const;
const token = await orThrow(Token.create(config));

token.subscribe((event) => {
  if ('lifetimeMs' in event) console.log(`${event.type}: valid for ${event.lifetimeMs / 1_000} s`);
  if (event.type === 'renewal-failed') console.error(`failed ${event.failures} times: ${event.error.message}`);
});
await token.get();
