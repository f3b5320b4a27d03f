import { addBodyHook } from '../body/hooked-body.ts';
import { discard } from '../body/discard.ts';
import type { ClientRequest } from '../core/request.ts';
import { BodyTooLargeError } from '../errors/index.ts';
import type { Stage } from '../core/stage.ts';

/**
 * Limits the size of the response body, counted after decompression, so that no response can fill the memory.
 *
 * A body with a stated length and no compression is checked by that length, and not counted. The body of an error is
 * checked when it is read: its status matters more than its length.
 *
 * @throws BodyTooLargeError with the response headers when the length is stated, otherwise from the read that exceeds the
 * limit
 */
export function responseSizeLimit(limitBytes: number): Stage {
  return (next, { clock }) =>
    async (request, call) => {
      const response = await next(request, call);
      if (limitBytes === Infinity) return response;
      const statedBytes = parseLength(response.headers);
      if (statedBytes !== undefined && statedBytes <= limitBytes) return response;
      if (statedBytes !== undefined && response.ok && response.body !== null) {
        void discard(response, clock); // never rejects
        throw new BodyTooLargeError(request, limitBytes);
      }
      return countBytes(response, request, limitBytes);
    };
}

function parseLength(headers: Headers): number | undefined {
  const length = headers.get('content-length');
  return length === null || headers.has('content-encoding') || !/^\d+$/.test(length) ? undefined : Number(length);
}

function countBytes(response: Response, request: ClientRequest, limitBytes: number): Response {
  let seenBytes = 0;
  return addBodyHook(response, {
    async read(read) {
      const piece = await read();
      seenBytes += piece.value?.byteLength ?? 0;
      if (seenBytes > limitBytes) throw new BodyTooLargeError(request, limitBytes);
      return piece;
    },
  });
}
