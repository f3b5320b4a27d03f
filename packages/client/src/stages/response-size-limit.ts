import { addBodyHook } from '../body/hooked-body.ts';
import { discard } from '../body/discard.ts';
import type { ClientRequest } from '../core/request.ts';
import { BodyTooLargeError } from '../errors/index.ts';
import { parseOrigin } from '../security/url.ts';
import type { Stage } from '../core/stage.ts';

/**
 * Bounds the response body, counted after decompression, so that no answer can fill the memory.
 *
 * A body that states its length and is not compressed is judged by that statement and costs nothing more. That of an
 * error is judged when it is read: its status says more than its length.
 *
 * @throws BodyTooLargeError at the head when the length is stated, else from the read that goes too far
 */
export function responseSizeLimit(limitBytes: number): Stage {
  return (next, { clock }) =>
    async (request, call) => {
      const response = await next(request, call);
      if (limitBytes === Infinity) return response;
      const statedBytes = statedLength(response.headers);
      if (statedBytes !== undefined && statedBytes <= limitBytes) return response;
      if (statedBytes !== undefined && response.ok && response.body !== null) {
        void discard(response, clock); // never rejects, and nobody waits for it
        throw new BodyTooLargeError(parseOrigin(request.url), limitBytes);
      }
      return counted(response, request, limitBytes);
    };
}

function statedLength(headers: Headers): number | undefined {
  const length = headers.get('content-length');
  return length === null || headers.has('content-encoding') || !/^\d+$/.test(length) ? undefined : Number(length);
}

function counted(response: Response, request: ClientRequest, limitBytes: number): Response {
  let seenBytes = 0;
  return addBodyHook(response, {
    async read(read) {
      const piece = await read();
      seenBytes += piece.value?.byteLength ?? 0;
      if (seenBytes > limitBytes) throw new BodyTooLargeError(parseOrigin(request.url), limitBytes);
      return piece;
    },
  });
}
