import type { LiteralResponse } from './catalogue.ts';

const pieceBytes = 16 * 1024;

/**
 * The status line and the headers, in the given order and case, byte for byte.
 *
 * A response without a length gets one header for it, as the last one. Status 204 needs none.
 *
 * @param tooManyBytes - added to the stated length
 */
export function headBytes(answer: LiteralResponse, tooManyBytes = 0): Buffer {
  const lines = [`HTTP/1.1 ${answer.status} ${answer.status === 200 ? 'OK' : 'As Given'}`];
  for (const [name, value] of answer.headers) lines.push(`${name}: ${value}`);
  const isFramed = answer.headers.some(([name]) => /^(?:content-length|transfer-encoding)$/i.test(name));
  if (!isFramed && answer.status !== 204) lines.push(framing(answer, tooManyBytes));
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}

/** A repeated body is sent in chunks: with a stated length a client could reject it unread. */
function framing(answer: LiteralResponse, tooManyBytes: number): string {
  if (answer.bodyRepeat !== undefined) return 'transfer-encoding: chunked';
  return `content-length: ${bodyBytes(answer).byteLength + tooManyBytes}`;
}

/** The body of a response without `bodyRepeat`. */
export function bodyBytes({ body = '', bodyBase64 }: LiteralResponse): Buffer {
  return bodyBase64 === undefined ? Buffer.from(body) : Buffer.from(bodyBase64, 'base64');
}

/** The body in pieces, framed as the head says. A large body is never in memory as a whole. */
export function* bodyPieces(answer: LiteralResponse): Generator<Buffer> {
  if (answer.bodyRepeat === undefined) {
    yield bodyBytes(answer);
    return;
  }
  const { prefix, unit, times, suffix } = answer.bodyRepeat;
  const perPiece = Math.max(1, Math.floor(pieceBytes / unit.length));
  yield chunk(prefix);
  for (let left = times; left > 0; left -= perPiece) yield chunk(unit.repeat(Math.min(left, perPiece)));
  yield chunk(suffix);
  yield Buffer.from('0\r\n\r\n');
}

function chunk(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.byteLength === 0) return bytes; // an empty chunk would end the body
  return Buffer.concat([Buffer.from(`${bytes.byteLength.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}
