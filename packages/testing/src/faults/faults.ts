import type { Clock } from '@bearings/client';
import { gzipSync } from 'node:zlib';
import { jsonAnswer, textAnswer, withBody, withHeaders } from '../server/answer.ts';
import type { Answer } from '../server/answer.ts';
import type { IssuerEndpoint } from '../issuer/issuer-endpoint.ts';

/** What a fault can use. */
export interface FaultContext {
  readonly clock: Clock;
  /** Resolves when the fault is cleared. */
  readonly cleared: Promise<void>;
}

/** Changes the response of a fake server. Created by {@link faults}. */
export interface Fault<S = FaultContext> {
  readonly name: string;
  /** True if the fault needs a connection, so `listen()` must be called first. */
  readonly needsConnection: boolean;
  /** The endpoint of the fault, unless `inject` gets another one. */
  readonly on?: IssuerEndpoint;
  /** True if the request does not reach the server: the fault is the whole answer. Default: false. */
  readonly replacesServer?: boolean;
  /** Runs before the server answers. */
  readonly before?: (context: S) => void;
  readonly change: (answer: Answer, context: S) => Answer;
}

/** What a fault of an issuer can use. */
export interface IssuerFaultContext extends FaultContext {
  readonly rotateKeys: () => void;
  readonly revoke: (token: string) => void;
}

/** A fault that only an issuer can have. */
export type IssuerFault = Fault<IssuerFaultContext>;

const fault = (name: string, change: Fault['change']): Fault => ({ name, needsConnection: false, change });

const connectionFault = (name: string, change: Fault['change']): Fault => ({ name, needsConnection: true, change });

/** Creates faults, by name. Durations are in milliseconds of the server's clock. */
export const faults = {
  /** Delays the response. */
  delay: (delayMs: number): Fault => fault('delay', (answer) => ({ ...answer, delayMs })),

  /** Sends no response until the fault is cleared. */
  hang: (): Fault => fault('hang', (answer, { cleared }) => ({ ...answer, heldUntil: cleared })),

  /** Refuses the connection. The request does not reach the server. */
  unreachable: (): Fault => ({
    ...fault('unreachable', (answer) => ({ ...answer, lost: 'ECONNREFUSED' })),
    replacesServer: true,
  }),

  /** Closes the connection in place of the response. The server has done what was requested. */
  lostAnswer: (): Fault => fault('lostAnswer', (answer) => ({ ...answer, lost: 'ECONNRESET' })),

  /** Changes the status. Headers and body are optional; an object is sent as JSON. Default body: empty. */
  status: (status: number, { headers = {}, body = '' }: StatusFault = {}): Fault =>
    fault('status', (answer) => ({
      ...answer,
      ...(typeof body === 'string' ? textAnswer(body, status, headers) : jsonAnswer(body, status, headers)),
    })),

  /** Like {@link faults.status}, but the request does not reach the server. Default: 503. */
  unavailable: (status: number = 503, response: StatusFault = {}): Fault => ({
    ...faults.status(status, response),
    name: 'unavailable',
    replacesServer: true,
  }),

  /** Sends 200 with an empty body. */
  empty: (): Fault => fault('empty', (answer) => withBody({ ...answer, status: 200 }, '')),

  /** Changes the content type; `undefined` removes it. */
  contentType: (type: string | undefined): Fault =>
    fault('contentType', (answer) => withHeaders(answer, { 'content-type': type })),

  /** Changes one member of the JSON body; `undefined` removes it. */
  member: (name: string, value: unknown): Fault =>
    fault('member', (answer) => withBody(answer, JSON.stringify({ ...parseMembers(answer), [name]: value }))),

  /** Changes `expires_in`; `undefined` removes it. */
  expiresIn: (value: unknown): IssuerFault => ({ ...faults.member('expires_in', value), name: 'expiresIn' }),

  /** Changes `token_type`; `undefined` removes it. */
  tokenType: (value: unknown): IssuerFault => ({ ...faults.member('token_type', value), name: 'tokenType' }),

  /** Changes `issuer` in the metadata. */
  wrongIssuer: (issuer: string): IssuerFault => ({
    ...faults.member('issuer', issuer),
    name: 'wrongIssuer',
    on: 'metadata',
  }),

  /** Changes a parameter of the redirect back to the client, such as `iss` or `state`; `undefined` removes it. */
  redirectParameter: (name: string, value: string | undefined): IssuerFault => ({
    ...fault('redirectParameter', (answer) => changeRedirect(answer, name, value)),
    on: 'authorization',
  }),

  /** Adds a member of this size to the JSON body. Default: 20 MiB. */
  oversized: (bytes: number = 20 * 2 ** 20): Fault =>
    fault('oversized', (answer) => withBody(answer, withPadding(answer, bytes))),

  /** Like {@link faults.oversized}, but compressed with gzip to a small body. Default: 20 MiB. */
  gzipBomb: (bytes: number = 20 * 2 ** 20): Fault =>
    fault('gzipBomb', (answer) =>
      withHeaders(withBody(answer, new Uint8Array(gzipSync(withPadding(answer, bytes)))), {
        'content-encoding': 'gzip',
      }),
    ),

  /** Moves the `Date` header ahead, or back if negative. */
  dateSkew: (skewMs: number): Fault =>
    fault('dateSkew', (answer, { clock }) =>
      withHeaders(answer, { date: new Date(clock.now() + skewMs).toUTCString() }),
    ),

  /** Replaces the signing key before each response. Tokens of the old key become invalid. */
  keyRotation: (): IssuerFault => ({
    ...fault('keyRotation', (answer) => answer),
    before: ({ rotateKeys }) => rotateKeys(),
  }),

  /** Revokes each token this long after it is granted. */
  earlyRevocation: (afterMs: number): IssuerFault => ({
    name: 'earlyRevocation',
    needsConnection: false,
    change: (answer, { clock, revoke }) => {
      const { access_token: token } = parseMembers(answer);
      if (typeof token === 'string') clock.schedule(afterMs, () => revoke(token), { background: true });
      return answer;
    },
  }),

  /** Resets the connection after this many bytes of the body. Default: before the response. */
  reset: (afterBytes: number = -1): Fault =>
    connectionFault('reset', (answer) => ({ ...answer, connectionFault: { kind: 'reset', afterBytes } })),

  /** Closes the connection after this many bytes of the body. Default: 10. */
  truncate: (keepBytes: number = 10): Fault =>
    connectionFault('truncate', (answer) => ({ ...answer, connectionFault: { kind: 'truncate', keepBytes } })),

  /** Sends the body in small chunks. Default: 1 byte every 200 ms. */
  drip: ({ bytes = 1, everyMs = 200 }: { readonly bytes?: number; readonly everyMs?: number } = {}): Fault =>
    connectionFault('drip', (answer) => ({ ...answer, connectionFault: { kind: 'drip', bytes, everyMs } })),
} as const;

/** Headers and body of `faults.status`. Default: no headers, empty body. */
export interface StatusFault {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | object;
}

function parseMembers({ body }: Answer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function changeRedirect(answer: Answer, name: string, value: string | undefined): Answer {
  const location = new URL(answer.headers.get('location') ?? 'about:blank');
  if (value === undefined) location.searchParams.delete(name);
  else location.searchParams.set(name, value);
  return withHeaders(answer, { location: location.href });
}

function withPadding(answer: Answer, bytes: number): string {
  return JSON.stringify({ ...parseMembers(answer), padding: 'a'.repeat(bytes) });
}
