import 'reflect-metadata';
import { createClient, orThrow } from '@bearings/client';
import { bearingsModule, ClientHealth } from '@bearings/nestjs';
import type { ProvidedClient } from '@bearings/nestjs';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { NestFactory } from '@nestjs/core';

async function createOrders(): Promise<ProvidedClient> {
  const clientSecret = process.env['ORDERS_SECRET'] ?? '';
  const config = { issuerUrl: 'https://id.internal', clientId: 'billing', clientSecret };
  const token = await orThrow(Token.create(config));
  return { client: createClient({ baseUrl: 'https://orders.internal' }, withBearerAuth(token)), token };
}

const clients = bearingsModule({ clients: { orders: createOrders }, global: true });
const app = await NestFactory.createApplicationContext(clients, { logger: false });
console.log(app.get(ClientHealth).check());
await app.close();
