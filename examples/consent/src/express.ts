import { orThrow } from '@bearings/client';
import { UserTokens } from '@bearings/user-tokens';
import type { UserTokensOptions } from '@bearings/user-tokens';
import { nodeListener } from '@bearings/user-tokens/node';
import express from 'express';
import type { Express, Request } from 'express';
import { readSession } from './session.ts';

/** What your session middleware adds to a request. */
type SignedIn = Request & { user?: string | undefined };

export async function createApp(options: Omit<UserTokensOptions, 'identify'>): Promise<Express> {
  const identify = (_request: unknown, request: SignedIn): string | undefined => request.user;
  const users = await orThrow(UserTokens.create({ ...options, identify }));
  const app = express();

  app.use((request: SignedIn, _response, next) => {
    request.user = readSession(request.headers.cookie);
    next();
  });
  app.use('/oauth', nodeListener(users.handler));
  app.get('/mail', async ({ user = '' }: SignedIn, response) => {
    const authorization = await orThrow(users.authorize({ user, connection: 'mail', returnTo: '/mail' }));
    if (authorization.status === 'pending') response.redirect(authorization.url);
    else response.send('connected');
  });
  return app;
}
