import 'reflect-metadata';
import { createClient, orThrow } from '@bearings/client';
import type { Client } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import type { TokenHandle } from '@bearings/oauth-bearer';
import { fakeApi, fakeIssuer, faults } from '@bearings/testing';
import { Injectable, Module } from '@nestjs/common';
import type { DynamicModule, INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { HealthCheckService, TerminusModule } from '@nestjs/terminus';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { bearingsModule, ClientHealth, clientToken, InjectClient } from '@bearings/nestjs';
import type { ProvidedClient } from '@bearings/nestjs';

const issuer = await fakeIssuer().listen();
const api = await fakeApi(issuer).listen();
let token: TokenHandle;
let started: INestApplicationContext | undefined;

beforeEach(() => issuer.clearFaults());
afterAll(async () => {
  await started?.close();
  await Promise.all([issuer.close(), api.close()]);
});

async function createOrders(when: 'lazy' | 'eager' = 'eager'): Promise<ProvidedClient> {
  token = await orThrow(Token.create({ ...issuer.credentials, start: when }));
  return { client: createClient({ baseUrl: api.origin, retry: 0 }, withBearerAuth(token)), token };
}

async function start(...imports: DynamicModule['imports'] & object): Promise<INestApplicationContext> {
  await started?.close();
  const root = { module: class Application {}, imports };
  started = await NestFactory.createApplicationContext(root, { logger: false, abortOnError: false });
  return started;
}

test('a client is injected by its name, and calls with its token', async () => {
  class Billing {
    readonly orders: Client;
    constructor(orders: Client) {
      this.orders = orders;
    }
  }
  Injectable()(Billing);
  InjectClient('orders')(Billing, undefined, 0);
  const module = bearingsModule({ clients: { orders: createOrders } });
  const app = await start({ module: class Bills {}, imports: [module], providers: [Billing] });

  const answer = await app.get(Billing, { strict: false }).orders.get('v1/orders/42').json();

  expect(answer).toMatchObject({ path: '/v1/orders/42' });
});

test('a factory gets what it injects', async () => {
  class Settings {}
  Module({ providers: [{ provide: 'API_URL', useValue: api.origin }], exports: ['API_URL'] })(Settings);
  const useFactory = (baseUrl: string): ProvidedClient => ({ client: createClient({ baseUrl }) });
  const clients = { open: { inject: ['API_URL'], useFactory } };

  const app = await start(bearingsModule({ clients, imports: [Settings], global: true }));

  const client: Client = app.get(clientToken('open'), { strict: false });
  expect((await client.fetch('/v1/orders/42')).status).toBe(401);
});

test('the application closes clients and tokens when it shuts down', async () => {
  const app = await start(bearingsModule({ clients: { orders: createOrders } }));
  const client: Client = app.get(clientToken('orders'), { strict: false });

  await app.close();

  expect(token.status().state).toBe('closed');
  await expect(client.get('v1/orders/42')).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
});

test('two clients of one token close it once, after both are closed', async () => {
  const closed: string[] = [];
  const clients = {
    orders: createOrders,
    invoices: { inject: [clientToken('orders')], useFactory: (client: Client) => ({ client, token }) },
  };
  const app = await start(bearingsModule({ clients }));
  token.subscribe(({ type }) => void closed.push(type));

  await app.close();

  expect(closed).toEqual(['closed']);
});

test('terminus reports a client up while it has a token, and down when it cannot get one', async () => {
  const clients = {
    orders: () => createOrders('lazy'),
    open: () => ({ client: createClient({ baseUrl: api.origin }) }),
  };
  const app = await start(bearingsModule({ clients }), TerminusModule.forRoot({ logger: false }));
  const health = app.get(ClientHealth, { strict: false });
  const terminus = await app.resolve(HealthCheckService, undefined, { strict: false });
  const check = async () => terminus.check([() => health.check()]);

  const unused = await check();
  issuer.inject(faults.status(503));
  await token.get();

  expect(unused.status).toBe('ok');
  expect(unused.info).toMatchObject({ orders: { status: 'up', token: 'none' }, open: { status: 'up' } });
  await expect(check()).rejects.toMatchObject({
    status: 503,
    response: { error: { orders: { status: 'down', failure: expect.stringMatching(/^TOKEN_/) } } },
  });
});

test('a client that does not exist is named in the error, with the nearest name', async () => {
  const app = await start(bearingsModule({ clients: { orders: createOrders } }));

  expect(() => app.get(ClientHealth, { strict: false }).check('order')).toThrow(
    'There is no client "order". Did you mean "orders"?',
  );
});

test.each([
  ['an unknown option', { clients: {}, imprts: [] }, 'imports'],
  ['a client that is no function', { clients: { orders: 'https://orders' } }, 'clients'],
  ['a list of clients', { clients: [createOrders] }, 'clients'],
  ['a flag that is text', { clients: {}, global: 'false' }, 'global'],
])('%s is refused', (_, options, name) => {
  expect(() => bearingsModule(options as never)).toThrow(name);
});

test('a start that fails says why', async () => {
  const useFactory = async () => {
    throw new Error('no issuer');
  };

  await expect(start(bearingsModule({ clients: { orders: useFactory } }))).rejects.toThrow('no issuer');
});

test.each([
  ['nothing', undefined],
  ['the client itself', createClient()],
])('a factory that returns %s stops the start, which names it', async (_, value) => {
  const useFactory = () => value as never;

  await expect(start(bearingsModule({ clients: { orders: useFactory } }))).rejects.toThrow(
    'the factory of "orders" must return { client, token }',
  );
});
