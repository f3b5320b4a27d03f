import { orThrow } from '@bearings/client';
import { UserTokens } from '@bearings/user-tokens';
import type { UserTokensOptions } from '@bearings/user-tokens';
import { Hono } from 'hono';
import type { Context } from 'hono';
import { readSession } from './session.ts';

export async function createApp(options: Omit<UserTokensOptions, 'identify'>): Promise<Hono> {
  const readUser = (context: Context): string | undefined => readSession(context.req.header('cookie'));
  const identify = (_request: unknown, context: Context): string | undefined => readUser(context);
  const users = await orThrow(UserTokens.create({ ...options, identify }));
  const app = new Hono();

  app.all('/oauth/*', (context) => users.handler(context.req.raw, context));
  app.get('/mail', async (context) => {
    const user = readUser(context) ?? '';
    const authorization = await orThrow(users.authorize({ user, connection: 'mail', returnTo: '/mail' }));
    return authorization.status === 'pending' ? context.redirect(authorization.url) : context.text('connected');
  });
  return app;
}
