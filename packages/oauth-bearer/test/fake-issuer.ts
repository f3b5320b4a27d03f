import { Token } from '../src/token/token.ts';
import type { TokenConfig } from '../src/token/token-config.ts';
import { virtualClock } from '@bearings/testing';

export const issuerUrl = 'https://as.example';
export const tokenEndpoint = 'https://as.example/token';
export const clientSecret = 'cs_CANARY_9f3a';
/** What every secret of these tests holds, so that none shows where this does not. */
export const canary = 'CANARY';

/** What the issuer was sent. */
interface Asked {
  readonly url: string;
  readonly headers: Headers;
  readonly params: URLSearchParams;
  readonly signal: AbortSignal;
}

/** One answer of the token endpoint. */
export type Reply = (asked: Asked) => Response | Promise<Response>;

/** An authorization server that is a function. */
export interface FakeIssuer {
  readonly fetch: typeof globalThis.fetch;
  /** The requests of the token endpoint, in order. */
  readonly asked: readonly Asked[];
  /** How often the metadata was asked for. */
  readonly discoveries: number;
  /** What the token endpoint answers from now on, once each; after that it grants the next token for an hour. */
  willAnswer(...replies: readonly Reply[]): void;
}

/** An issuer at https://as.example that follows a script, and then grants at_CANARY_1, at_CANARY_2, … */
export function fakeIssuer(...script: readonly Reply[]): FakeIssuer {
  const asked: Asked[] = [];
  const replies = [...script];
  let discoveries = 0;
  let granted = 0;
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    if (request.url !== tokenEndpoint) {
      discoveries += 1;
      return Response.json({ issuer: issuerUrl, token_endpoint: tokenEndpoint });
    }
    const params = new URLSearchParams(await request.text());
    const line = { url: request.url, headers: request.headers, params, signal: init?.signal ?? request.signal };
    asked.push(line);
    const reply = replies.shift();
    if (reply !== undefined) return reply(line);
    granted += 1;
    return grant(`at_CANARY_${granted}`)(line);
  };
  return {
    fetch,
    asked,
    get discoveries() {
      return discoveries;
    },
    willAnswer: (...more) => void replies.push(...more),
  };
}

/** A granted token. */
export function grant(value: string, changes: Readonly<Record<string, unknown>> = {}): Reply {
  return () => Response.json({ access_token: value, token_type: 'Bearer', expires_in: 3_600, ...changes });
}

/** An answer of any kind. */
export function refuse(status: number, body: unknown = {}, headers: Record<string, string> = {}): Reply {
  return () => Response.json(body, { status, headers });
}

/** Three times 503: one acquisition with its two retries. */
export const outage: readonly Reply[] = [refuse(503), refuse(503), refuse(503)];

/** A reply that waits until it is let go. */
export function held(reply: Reply): { readonly reply: Reply; readonly release: () => void } {
  const gate = Promise.withResolvers<void>();
  const release = (): void => gate.resolve();
  return {
    release,
    reply: async (asked) => {
      await gate.promise;
      return reply(asked);
    },
  };
}

/** A token of this issuer, with jitter that is always 0. */
export async function tokenFrom(
  issuer: FakeIssuer,
  { clock = virtualClock(), ...changes }: Partial<TokenConfig> = {},
): Promise<Token> {
  return (await Token.create(configFor(issuer, { clock, ...changes }))).unwrap();
}

/** A config that is right, with changes. */
export function configFor(issuer: FakeIssuer, changes: Partial<TokenConfig> = {}): TokenConfig {
  return { tokenEndpoint, clientId: 'svc', clientSecret, fetch: issuer.fetch, random: () => 0, ...changes };
}
