import type { ServerResponse } from 'node:http';

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** The headers of every response. */
const headers = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;

/** A response with a body of one piece. */
export interface Reply {
  readonly status: number;
  readonly type?: string;
  readonly body?: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
}

export function send(response: ServerResponse, { status, type = 'text/plain', body = '', ...reply }: Reply): void {
  response.writeHead(status, { ...headers, 'content-type': `${type}; charset=utf-8`, ...reply.headers });
  response.end(body);
}

export function sendJson(response: ServerResponse, value: unknown, status = 200): void {
  send(response, { status, type: 'application/json', body: JSON.stringify(value) });
}

/** A stream of server-sent events. */
export interface EventSink {
  /** Sends one event. Does nothing after the end. */
  readonly send: (name: string, value: unknown) => void;
  readonly end: () => void;
  /** Aborted when the page has gone, or at the end. */
  readonly signal: AbortSignal;
}

/** Starts a stream of events. A reader that is too slow for 1 MiB is disconnected: it connects again. */
export function openEvents(response: ServerResponse): EventSink {
  response.writeHead(200, { ...headers, 'content-type': 'text/event-stream; charset=utf-8' });
  response.write(': ok\n\n');
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  return {
    send(name, value) {
      if (closed.signal.aborted) return;
      response.write(`event: ${name}\ndata: ${JSON.stringify(value)}\n\n`);
      if (response.writableLength > 1024 * 1024) response.destroy();
    },
    end: () => void response.end(),
    signal: closed.signal,
  };
}
