import { orThrow } from '@bearings/client';
import { Token } from '@bearings/oauth-bearer';
import { bearerInterceptor } from '@bearings/undici';
import { Agent } from 'undici';

const clientSecret = process.env['ORDERS_SECRET'] ?? '';
const token = await orThrow(Token.create({ issuerUrl: 'https://id.internal', clientId: 'billing', clientSecret }));

const agent = new Agent().compose(bearerInterceptor(token, { origins: ['https://orders.internal'] }));
console.log(typeof agent.dispatch);
