import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { serveBulk } from './server-bulk.ts';
import { sendAnswer } from './server-routes.ts';
import { serveFast } from './server-fast.ts';

/**
 * The JSON API that all contenders call, with its token endpoint, in a process of its own.
 *
 * Requests with a content-length or without a body are answered directly on the socket: node:http would take more time
 * than the fastest contenders. Other requests go to node:http.
 */
const http = createHttpServer((request, response) => {
  if (request.url === '/bulk') {
    void serveBulk(request, response); // a failure ends this process, and with it the bench
    return;
  }
  const pieces: Buffer[] = [];
  request.on('data', (piece: Buffer) => pieces.push(piece));
  request.on('end', () => {
    const { method, url, headers } = request;
    const body = Buffer.concat(pieces).toString();
    const give = (status: number, text: string): void => {
      response.writeHead(status, { 'content-length': text.length, 'content-type': 'application/json' }).end(text);
    };
    sendAnswer({ route: `${method} ${url}`, authorization: headers.authorization ?? '', body }, give);
  });
});
http.requestTimeout = 0; // no timers that the measurement does not need
http.keepAliveTimeout = 120_000;

const server = createServer({ noDelay: true }, (socket) => serveFast(socket, () => http.emit('connection', socket)));
server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 });
await once(server, 'listening');
const address = server.address();
if (address === null || typeof address === 'string') throw new Error('The server has no port');
process.send?.({ port: address.port });
process.once('disconnect', () => process.exit());
