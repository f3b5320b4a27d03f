import { Hono } from 'hono';
import { toStatus } from './gateway.ts';
import type { Gateway } from './gateway.ts';

export function createApp({ orders, run }: Gateway): Hono {
  const app = new Hono();
  app.use((context, next) => run(context.req.header('authorization'), next));

  app.get('/orders', async (context) => context.json(await orders.get('v1/orders').json<object>()));
  app.post('/orders', async (context) => {
    const order: unknown = await context.req.json();
    return context.json(await orders.post('v1/orders', { json: order }).json<object>());
  });

  app.onError((error, context) => context.body(null, toStatus(error)));
  return app;
}
