import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';

const pieces = 2_048;
const pieceBytes = 64 * 1_024;

/** Sends 128 MiB, or reads the request's body and answers with its size. */
export async function serveBulk(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'GET') return pipeline(Readable.from(mebibytes()), response);
  let bytes = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.byteLength;
    await setImmediate(); // slowly, to detect a sender without backpressure
  }
  response.end(JSON.stringify({ bytes }));
}

function* mebibytes(): Generator<Buffer> {
  for (let piece = 0; piece < pieces; piece += 1) yield Buffer.alloc(pieceBytes, piece % 251);
}
