import express from 'express';
import type { ErrorRequestHandler, Express } from 'express';
import { toStatus } from './gateway.ts';
import type { Gateway } from './gateway.ts';

export function createApp({ orders, run }: Gateway): Express {
  const app = express();
  app.use(express.json());
  app.use((request, _response, next) => run(request.headers.authorization, next)); // after what reads the body

  app.get('/orders', async (_request, response) => {
    response.json(await orders.get('v1/orders').json());
  });
  // oxlint-disable-next-line oxc/no-async-endpoint-handlers -- Express 5 passes rejections on
  app.post('/orders', async (request, response) => {
    response.json(await orders.post('v1/orders', { json: request.body }).json());
  });

  // oxlint-disable-next-line max-params -- Express knows a handler of errors by its four
  const answerFailure: ErrorRequestHandler = (error, _request, response, _next) => {
    response.status(toStatus(error)).end();
  };
  app.use(answerFailure);
  return app;
}
