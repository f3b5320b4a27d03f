import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { observeToken, withTelemetry } from '@bearings/opentelemetry';

const clientSecret = process.env['ORDERS_SECRET'] ?? '';
const token = await orThrow(Token.create({ issuerUrl: 'https://id.internal', clientId: 'billing', clientSecret }));
observeToken(token, { name: 'orders' });

const telemetry = withTelemetry({ pathTemplates: ['/v1/orders/{id}'] });
const orders = createClient({ baseUrl: 'https://orders.internal' }, withBearerAuth(token), telemetry);
console.log(await orders.get('v1/orders/42').json());
