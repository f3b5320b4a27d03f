import { orThrow } from '@bearings/client';
import { UserTokens } from '@bearings/user-tokens';
import type { UserTokensOptions } from '@bearings/user-tokens';
import { nodeListener } from '@bearings/user-tokens/node';
import { fastify } from 'fastify';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { readSession } from './session.ts';

export async function createApp(options: Omit<UserTokensOptions, 'identify'>): Promise<FastifyInstance> {
  const readUser = ({ headers }: FastifyRequest): string | undefined => readSession(headers.cookie);
  const identify = (_request: unknown, request: FastifyRequest): string | undefined => readUser(request);
  const users = await orThrow(UserTokens.create({ ...options, identify }));
  const app = fastify();

  app.all('/oauth/*', (request, reply) => {
    reply.hijack();
    nodeListener((received) => users.handler(received, request))(request.raw, reply.raw);
  });
  app.get('/mail', async (request, reply) => {
    const user = readUser(request) ?? '';
    const authorization = await orThrow(users.authorize({ user, connection: 'mail', returnTo: '/mail' }));
    return authorization.status === 'pending' ? reply.redirect(authorization.url) : 'connected';
  });
  return app;
}
