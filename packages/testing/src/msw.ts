import { http } from 'msw';
import type { HttpHandler } from 'msw';

/** A fake issuer or API. */
export interface RespondingServer {
  readonly origin: string;
  respond(request: Request): Promise<Response>;
}

/**
 * Request handlers of msw 2 or 3 for fake issuers and APIs: `setupServer(...mswHandlers(issuer, orders))`. The global `fetch`
 * reaches them without a socket.
 */
export function mswHandlers(...servers: readonly RespondingServer[]): HttpHandler[] {
  return servers.map((server) => http.all(`${server.origin}/*`, ({ request }) => server.respond(request)));
}
