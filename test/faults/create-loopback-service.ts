import { createClient } from '@bearings/client';
import type { ClientOptions } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { fakeApi } from '@bearings/testing';
import type { Routes } from '@bearings/testing';
import { onTestFinished } from 'vitest';
import { createIssuer, tokenConfig } from './create-service.ts';
import type { Service } from './create-service.ts';

export interface LoopbackOptions {
  readonly client?: ClientOptions;
  readonly routes?: Routes;
}

/** Like `createService`, in real time, over sockets, with the platform's `fetch`. Retries do not wait. */
export async function createLoopbackService({ client, routes }: LoopbackOptions = {}): Promise<Omit<Service, 'clock'>> {
  const issuer = await createIssuer().listen();
  const api = await fakeApi(issuer, routes).listen();
  const config = tokenConfig(issuer, {});
  const token = (await Token.create(config)).unwrap();
  onTestFinished(async () => {
    await Promise.all([token.close(), issuer.close(), api.close()]);
  });
  const boundClient = createClient({ baseUrl: api.origin, random: () => 0, ...client }, withBearerAuth(token));
  const sent = (): readonly (string | undefined)[] =>
    api.requests.map((request) => request.header('authorization')?.replace('Bearer ', ''));
  return { issuer, api, config, token, client: boundClient, sent };
}
