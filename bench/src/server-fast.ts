import type { Socket } from 'node:net';
import { sendAnswer } from './server-routes.ts';

const headEnd = '\r\n\r\n';
const authorizationLine = /\r\nauthorization: ([^\r]+)/i;
const lengthLine = /\r\ncontent-length: (\d+)/i;
const elsewhere = /^\S+ \/bulk |\r\n(?:transfer-encoding|expect):/i;

/**
 * Answers the requests of one connection, one after the other.
 *
 * @param handOver - takes over the connection, with the bytes of a request that this server does not answer
 */
export function serveFast(socket: Socket, handOver: () => void): void {
  let unread = '';
  const give = (status: number, text: string): void => {
    socket.write(
      `HTTP/1.1 ${status} Answer\r\ncontent-type: application/json\r\n${challenge[status] ?? ''}content-length: ${text.length}\r\n\r\n${text}`,
      'latin1',
    );
  };
  const read = (piece: Buffer): void => {
    unread += piece.toString('latin1');
    const headLength = unread.indexOf(headEnd);
    if (headLength < 0) return;
    const head = unread.slice(0, headLength);
    if (elsewhere.test(head)) {
      socket.off('data', read);
      handOver();
      socket.unshift(Buffer.from(unread, 'latin1'));
      return;
    }
    const bodyAt = headLength + headEnd.length;
    const endsAt = bodyAt + Number(lengthLine.exec(head)?.[1] ?? 0);
    if (unread.length < endsAt) return;
    const [method = '', url = ''] = head.split(' ', 2);
    const authorization = authorizationLine.exec(head)?.[1] ?? '';
    const body = unread.slice(bodyAt, endsAt);
    unread = unread.slice(endsAt);
    sendAnswer({ route: `${method} ${url}`, authorization, body }, give);
  };
  socket.on('data', read);
  socket.on('error', () => socket.destroy());
}

const challenge: Readonly<Record<number, string>> = { 401: 'www-authenticate: Bearer error="invalid_token"\r\n' };
