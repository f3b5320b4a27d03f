import type { Clock } from '@bearings/client';
import { gzipSync } from 'node:zlib';
import { jsonAnswer, textAnswer, withBody, withHeaders } from './answer.ts';
import type { Answer } from './answer.ts';
import type { IssuerEndpoint } from './issuer-endpoint.ts';

/** Where and when a fault happens. */
export interface FaultContext {
  readonly clock: Clock;
  /** Resolves when the fault is lifted. */
  readonly lifted: Promise<void>;
}

/** Something that goes wrong with an answer. Made by {@link faults}. */
export interface Fault<S = FaultContext> {
  readonly name: string;
  /** True for what happens to a connection, and so needs one. */
  readonly isOnTheWire: boolean;
  /** The endpoint it is about, unless told otherwise. */
  readonly on?: IssuerEndpoint;
  /** What happens before the server thinks of an answer. */
  readonly before?: (scene: S) => void;
  readonly change: (answer: Answer, scene: S) => Answer;
}

/** Where a fault of an issuer happens. */
export interface IssuerFaultContext extends FaultContext {
  readonly rotateKeys: () => void;
  readonly revoke: (token: string) => void;
}

/** Something that only an issuer can get wrong. */
export type IssuerFault = Fault<IssuerFaultContext>;

const fault = (name: string, change: Fault['change']): Fault => ({ name, isOnTheWire: false, change });

const onTheWire = (name: string, change: Fault['change']): Fault => ({ name, isOnTheWire: true, change });

/** What can go wrong, by name. Durations are in milliseconds, of the server's clock. */
export const faults = {
  /** Every answer takes that much longer. */
  delay: (delayMs: number): Fault => fault('delay', (answer) => ({ ...answer, delayMs })),

  /** No answer, until the fault is lifted. */
  hang: (): Fault => fault('hang', (answer, { lifted }) => ({ ...answer, heldUntil: lifted })),

  /** No connection. */
  unreachable: (): Fault => fault('unreachable', (answer) => ({ ...answer, isLost: true })),

  /** Another status, with headers and a body (an object is sent as JSON) if need be. */
  status: (status: number, { headers = {}, body = '' }: StatusFault = {}): Fault =>
    fault('status', (answer) => ({
      ...answer,
      ...(typeof body === 'string' ? textAnswer(body, status, headers) : jsonAnswer(body, status, headers)),
    })),

  /** A 200 without a body. */
  empty: (): Fault => fault('empty', (answer) => withBody({ ...answer, status: 200 }, '')),

  /** The same body under another content type. */
  contentType: (type: string | undefined): Fault =>
    fault('contentType', (answer) => withHeaders(answer, { 'content-type': type })),

  /** A JSON body with another value of one member; `undefined` leaves the member out. */
  member: (name: string, value: unknown): Fault =>
    fault('member', (answer) => withBody(answer, JSON.stringify({ ...membersOf(answer), [name]: value }))),

  /** Another `expires_in`, or none. */
  expiresIn: (value: unknown): IssuerFault => ({ ...faults.member('expires_in', value), name: 'expiresIn' }),

  /** Another `token_type`, or none. */
  tokenType: (value: unknown): IssuerFault => ({ ...faults.member('token_type', value), name: 'tokenType' }),

  /** Metadata of another issuer. */
  wrongIssuer: (issuer: string): IssuerFault => ({
    ...faults.member('issuer', issuer),
    name: 'wrongIssuer',
    on: 'metadata',
  }),

  /** The same JSON with a member of so many bytes. */
  oversized: (bytes: number = 20 * 2 ** 20): Fault =>
    fault('oversized', (answer) => withBody(answer, padded(answer, bytes))),

  /** As {@link faults.oversized}, compressed to almost nothing. */
  gzipBomb: (bytes: number = 20 * 2 ** 20): Fault =>
    fault('gzipBomb', (answer) =>
      withHeaders(withBody(answer, new Uint8Array(gzipSync(padded(answer, bytes)))), { 'content-encoding': 'gzip' }),
    ),

  /** A `Date` header that is that far ahead; negative: behind. */
  dateSkew: (skewMs: number): Fault =>
    fault('dateSkew', (answer, { clock }) =>
      withHeaders(answer, { date: new Date(clock.now() + skewMs).toUTCString() }),
    ),

  /** The signing key is exchanged before each answer, and the old one forgotten. */
  keyRotation: (): IssuerFault => ({
    ...fault('keyRotation', (answer) => answer),
    before: ({ rotateKeys }) => rotateKeys(),
  }),

  /** Tokens are revoked that long after they were granted, whatever lifetime they were promised. */
  earlyRevocation: (afterMs: number): IssuerFault => ({
    name: 'earlyRevocation',
    isOnTheWire: false,
    change: (answer, { clock, revoke }) => {
      const { access_token: token } = membersOf(answer);
      if (typeof token === 'string') clock.schedule(afterMs, () => revoke(token), { background: true });
      return answer;
    },
  }),

  /** The connection is reset, after so many bytes of the body; without a number, before any answer. */
  reset: (afterBytes: number = -1): Fault =>
    onTheWire('reset', (answer) => ({ ...answer, wire: { kind: 'reset', afterBytes } })),

  /** The connection ends in the middle of the body. */
  truncate: (keepBytes: number = 10): Fault =>
    onTheWire('truncate', (answer) => ({ ...answer, wire: { kind: 'truncate', keepBytes } })),

  /** The body comes so many bytes at a time. */
  drip: ({ bytes = 1, everyMs = 200 }: { readonly bytes?: number; readonly everyMs?: number } = {}): Fault =>
    onTheWire('drip', (answer) => ({ ...answer, wire: { kind: 'drip', bytes, everyMs } })),
} as const;

/** What comes with another status. */
export interface StatusFault {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | object;
}

function membersOf({ body }: Answer): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}

function padded(answer: Answer, bytes: number): string {
  return JSON.stringify({ ...membersOf(answer), padding: 'a'.repeat(bytes) });
}
