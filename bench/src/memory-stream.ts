import { createClient } from '@bearings/client';
import ky from 'ky';
import { setImmediate } from 'node:timers/promises';
import { undiciLayer } from './contenders/undici-layer.ts';
import { held } from './held.ts';
import { report } from './run-child.ts';

/**
 * The most memory that the chunks of 128 MiB hold during a transfer: `memory-stream.ts <fetch|undici|control> <up|down>
 * <origin>`. Needs `--expose-gc`.
 */
const [network = '', direction = '', origin = ''] = process.argv.slice(2);
const pieceBytes = 64 * 1_024;
const pieces = 2_048;
const looksEvery = 64;

const isControl = network === 'control'; // holds everything: ky when it sends, or a clone that is never read
const undici = network === 'undici' ? await undiciLayer() : undefined;
const client = createClient({ baseUrl: origin, maxResponseBytes: Infinity }, undici === undefined ? [] : [undici]);
const put = (body: ReadableStream): Promise<Response> =>
  isControl ? ky.put(`${origin}/bulk`, { body }) : client.fetch('/bulk', { method: 'PUT', body, duplex: 'half' });

let before = 0;
let peak = 0;
const look = async (): Promise<void> => {
  peak = Math.max(peak, (await held('arrayBuffers')) - before);
};
await (await put(new Blob(['warm']).stream())).text();
before = await held('arrayBuffers');
await (direction === 'up' ? upload() : download());
report({ peak });

async function upload(): Promise<void> {
  let sent = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        if (sent === pieces) return controller.close();
        sent += 1;
        if (sent % looksEvery === 0) await look();
        return controller.enqueue(new Uint8Array(pieceBytes).fill(sent));
      },
    },
    { highWaterMark: 0 },
  );
  const answer = await (await put(body)).text();
  if (!answer.includes(`${pieces * pieceBytes}`)) throw new Error(`The server received ${answer}`);
}

/** Reads slower than the server sends, so that missing backpressure becomes visible. */
async function download(): Promise<void> {
  const response = await client.fetch('/bulk');
  const { body } = isControl ? response.clone() : response;
  let bytes = 0;
  let reads = 0;
  for await (const piece of body ?? []) {
    bytes += piece.byteLength;
    reads += 1;
    if (reads % looksEvery === 0) await look();
    else await setImmediate();
  }
  if (bytes !== pieces * pieceBytes) throw new Error(`${bytes} bytes came`);
}
