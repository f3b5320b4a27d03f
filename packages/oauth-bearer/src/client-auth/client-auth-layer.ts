import { isBearingsError } from '@bearings/client';
import { discard, layer, withBody } from '@bearings/client/layer';
import type { Layer } from '@bearings/client';
import type { Call, ClientRequest, Stage } from '@bearings/client/layer';
import type { ClientAuthentication } from './client-auth.ts';

/** What the layer needs to know of its token source. */
export interface ClientAuthOptions {
  /** Reads the secrets or the key as they are now: the authentications to try, in order. */
  readonly read: () => Promise<readonly [ClientAuthentication, ...ClientAuthentication[]]>;
  /** True when a response says that the server does not accept the client's authentication. */
  readonly isRefused: (status: number, body: string) => boolean;
  /** Called with the authentication of each request before it is sent. */
  readonly onUse: (authentication: ClientAuthentication) => void;
  /** How the body is written: as a form (RFC 6749 §3.2), or as JSON for servers that take nothing else. Default: `form`. */
  readonly bodyFormat?: BodyFormat | undefined;
}

export type BodyFormat = 'form' | 'json';

/**
 * Authenticates the client in each attempt of a token request (RFC 6749 §2.3).
 *
 * When the server refuses the current secret, the request is sent once more: with the previous one, or with the one that
 * has replaced it meanwhile, as when its file changes at that moment.
 */
export function withClientAuth(options: ClientAuthOptions): Layer {
  return layer('auth', 'clientAuth', clientAuth(options));
}

interface Session {
  current: ClientAuthentication;
  readonly previous: ClientAuthentication | undefined;
  hasReplayed: boolean;
}

function clientAuth({ read, isRefused, onUse, bodyFormat }: ClientAuthOptions): Stage {
  return (next, { clock }) => {
    const sessions = new WeakMap<Call, Session>(); // secrets are read once per call, however often it is retried

    async function open(call: Call): Promise<Session> {
      const [current, previous] = await read();
      const session = { current, previous, hasReplayed: false };
      sessions.set(call, session);
      return session;
    }

    async function send(request: ClientRequest, call: Call, session: Session): Promise<Response> {
      const { body } = request;
      const params = new URLSearchParams(body instanceof URLSearchParams ? body : undefined);
      onUse(session.current);
      await session.current.apply({ params, headers: call.headers });
      return next(write(request, params, bodyFormat), call);
    }

    return async (request, call) => {
      const session = sessions.get(call) ?? (await open(call));
      const response = await send(request, call, session);
      if (session.hasReplayed || !mayBeRefusal(response)) return response;
      const body = await readText(response);
      const other = isRefused(response.status, body) ? (session.previous ?? (await reread(read, session))) : undefined;
      if (other === undefined) return withBody(response, body);
      void discard(response, clock); // never rejects
      session.hasReplayed = true;
      session.current = other;
      return send(request, call, session);
    };
  };
}

/** No cache, no cookies, no referrer. */
const isolated = { cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer' } as const;

function write(request: ClientRequest, params: URLSearchParams, format: BodyFormat = 'form'): ClientRequest {
  if (format === 'form') return request.with({ body: params, fetchOptions: isolated });
  const headers = request.copyHeaders();
  headers.set('content-type', 'application/json');
  return request.with({ headers, body: JSON.stringify(Object.fromEntries(params)), fetchOptions: isolated });
}

const mayBeRefusal = ({ status }: Response): boolean => status === 400 || status === 401 || status === 403;

/** The body of a refusal. One that is larger than any refusal is not read to its end, and counts as text of another kind. */
async function readText(response: Response): Promise<string> {
  try {
    return await response.text();
  } catch (cause) {
    if (isBearingsError(cause, 'BODY_TOO_LARGE')) return 'too large';
    throw cause;
  }
}

/** The authentication that has replaced the current one meanwhile; `undefined` when it is the same or unavailable. */
async function reread(
  read: ClientAuthOptions['read'],
  { current }: Session,
): Promise<ClientAuthentication | undefined> {
  try {
    const [now] = await read();
    return now.identity === current.identity ? undefined : now;
  } catch {
    return undefined; // the server's refusal says more than this error
  }
}
