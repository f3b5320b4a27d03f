import { fastify } from 'fastify';
import type { FastifyInstance } from 'fastify';
import { toStatus } from './gateway.ts';
import type { Gateway } from './gateway.ts';

export function createApp({ orders, run }: Gateway): FastifyInstance {
  const app = fastify();
  app.addHook('preHandler', ({ headers }, _reply, done) => run(headers.authorization, done)); // after what reads the body

  app.get('/orders', () => orders.get('v1/orders').json());
  app.post('/orders', ({ body }) => orders.post('v1/orders', { json: body }).json());

  app.setErrorHandler((error, _request, reply) => reply.code(toStatus(error)).send());
  return app;
}
