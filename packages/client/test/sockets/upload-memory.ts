import { execFile } from 'node:child_process';
import type { IncomingMessage } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { crc32 } from 'node:zlib';
import { expect } from 'vitest';
import { serve } from '../loopback.ts';

const run = promisify(execFile);
const mebibyte = 1024 * 1024;

interface Upload {
  /** The most that the pieces of the stream took of the sender's memory, above what it took before. */
  readonly peakBytes: number;
  readonly crc: number;
  readonly status: number;
}

/** Uploads from a process of its own to a server here, and says what either saw. */
async function upload(
  way: string,
  mebibytes: number,
): Promise<{ sender: Upload; receivedBytes: number; receivedCrc: number }> {
  let received = { bytes: 0, crc: 0 };
  const { origin } = await serve(async (request, response) => {
    received = await readSlowly(request);
    response.end('got it');
  });
  const program = fileURLToPath(new URL('fixtures/upload.ts', import.meta.url));
  const args = ['--expose-gc', program, way, `${origin}/`, `${mebibytes}`];
  const { stdout } = await run(process.execPath, args, { timeout: 25_000 });
  return { sender: JSON.parse(stdout) as Upload, receivedBytes: received.bytes, receivedCrc: received.crc };
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

/**
 * Sends a stream of that many mebibytes, and checks that it arrives unchanged.
 *
 * @returns the largest part of it that the sender held at one time, in mebibytes
 */
export async function peakMebibytes(way: string, mebibytes: number): Promise<number> {
  const { sender, receivedBytes, receivedCrc } = await upload(way, mebibytes);
  expect(sender.status).toBe(200);
  expect([receivedBytes, receivedCrc]).toEqual([mebibytes * mebibyte, sender.crc]);
  return sender.peakBytes / mebibyte;
}
