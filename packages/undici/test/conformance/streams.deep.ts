import { execFile } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { serve } from '../../../client/test/loopback.ts';

const run = promisify(execFile);
const mebibyte = 1024 * 1024;
const mebibytes = 128;

interface Outcome {
  /** The most that the stream took of the process's memory, above what it took before. */
  readonly peakBytes: number;
  readonly crc: number;
  readonly bytes: number;
  readonly status: number;
}

async function inOwnProcess(direction: string, network: string, origin: string): Promise<Outcome> {
  const program = fileURLToPath(new URL('../fixtures/stream.ts', import.meta.url));
  const args = ['--expose-gc', program, direction, network, `${origin}/`, `${mebibytes}`];
  const { stdout } = await run(process.execPath, args, { timeout: 25_000 });
  return JSON.parse(stdout) as Outcome;
}

/** Reads at its own pace: after each mebibyte others have their turn. */
async function readSlowly(request: IncomingMessage): Promise<{ bytes: number; crc: number }> {
  let [bytes, crc, pauseAt] = [0, 0, mebibyte];
  for await (const piece of request as AsyncIterable<Buffer>) {
    bytes += piece.byteLength;
    crc = crc32(piece, crc);
    if (bytes < pauseAt) continue;
    pauseAt += mebibyte;
    await setImmediate();
  }
  return { bytes, crc };
}

async function writeAll(response: ServerResponse): Promise<number> {
  let crc = 0;
  for (let sent = 0; sent < mebibytes; sent += 1) {
    const piece = Buffer.alloc(mebibyte, sent + 1);
    crc = crc32(piece, crc);
    if (!response.write(piece)) await new Promise((resolve) => response.once('drain', resolve));
  }
  response.end();
  return crc;
}

test('over undici, an upload of 128 MiB uses no more than 2 MiB of memory', async () => {
  let received = { bytes: 0, crc: 0 };
  const { origin } = await serve(async (request, response) => {
    received = await readSlowly(request);
    response.end();
  });

  const outcome = await inOwnProcess('up', 'undici', origin);

  expect(outcome).toMatchObject({ status: 200, ...received });
  expect(received.bytes).toBe(mebibytes * mebibyte);
  expect(outcome.peakBytes / mebibyte).toBeLessThanOrEqual(2);
});

test.each(['fetch', 'undici'])('over %s, a download of 128 MiB uses no more than 2 MiB of memory', async (network) => {
  let crc = 0;
  const { origin } = await serve(async ({ method }, response) => {
    if (method === 'PUT') response.end();
    else crc = await writeAll(response);
  });

  const outcome = await inOwnProcess('down', network, origin);

  expect(outcome).toMatchObject({ status: 200, bytes: mebibytes * mebibyte, crc });
  expect(outcome.peakBytes / mebibyte).toBeLessThanOrEqual(2);
});
