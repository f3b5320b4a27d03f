import { createClient } from '@bearings/client';
import type { Client } from '@bearings/client';
import { staticToken, withBearerAuth } from '@bearings/oauth-bearer';
import { expect } from 'vitest';
import { serve } from '../../packages/client/test/loopback.ts';
import { settleCall, expectCallOutcome, getStatus } from './call-outcome.ts';
import { collectGarbage } from './collect-garbage.ts';
import { replay } from './replay.ts';

const pieceBytes = 64 * 1024;

/** A body whose chunks are created on demand, and the number of chunks that are still referenced. */
function oneShot(count: number): { body: ReadableStream<Uint8Array>; held: () => Promise<number> } {
  const pieces: WeakRef<Uint8Array>[] = [];
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const piece = new Uint8Array(pieceBytes);
        pieces.push(new WeakRef(piece));
        controller.enqueue(piece);
        if (pieces.length === count) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  const held = async (): Promise<number> => {
    await collectGarbage();
    return pieces.filter((piece) => piece.deref() !== undefined).length;
  };
  return { body, held };
}

const token = staticToken('at_CANARY_1');

/** PUT, through both entries. */
const entries: Readonly<Record<string, (client: Client, body: ReadableStream) => Promise<Response>>> = {
  ky: (client, body) => client.put('upload', { body, duplex: 'half' } as object),
  fetch: (client, body) => client.fetch('upload', { method: 'PUT', body, duplex: 'half' }),
};

replay('RT-025', async ({ entry, hides }) => {
  let requests = 0;
  let received = 0;
  const server = await serve((request, response) => {
    requests += 1;
    request.on('data', (bytes: Buffer) => (received += bytes.byteLength));
    request.on('end', () => response.writeHead(503).end());
  });
  for (const [name, put] of Object.entries(entries)) {
    [requests, received] = [0, 0];
    const client = createClient({ baseUrl: server.origin, random: () => 0 }, withBearerAuth(token));
    const { body } = oneShot(8);

    const outcome = hides(await settleCall(put(client, body)));

    if (name === 'ky') expectCallOutcome(entry, outcome);
    expect(getStatus(outcome)).toBe(503);
    expect([requests, received]).toEqual([1, 8 * pieceBytes]);
    expect(body.locked).toBe(false);
  }

  // a network that keeps no chunk: the platform's own keeps chunks for a while
  for (const put of Object.values(entries)) {
    const { body, held } = oneShot(64);
    let kept = Infinity;
    const fetch: typeof globalThis.fetch = async (input) => {
      const reader = (input as Request).body?.getReader();
      let read = 0;
      while ((await reader?.read())?.done === false) read += 1;
      expect(read).toBe(64);
      kept = await held();
      return new Response(null, { status: 503 });
    };
    const client = createClient({ baseUrl: 'https://api.example', fetch, random: () => 0 }, withBearerAuth(token));
    expect(getStatus(await settleCall(put(client, body)))).toBe(503);
    expect(kept).toBeLessThan(8);
  }
});
