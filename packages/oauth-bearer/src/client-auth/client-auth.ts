import type { Clock } from '@bearings/client';
import { clientAssertion } from './client-assertion.ts';
import type { AssertionFacts } from './client-assertion.ts';
import type { ClientAuthMethod, Credential } from './credential.ts';
import { TokenConfigError } from '../errors.ts';
import type { Signer } from './private-key.ts';
import type { SecretString } from '../secret-string.ts';

/**
 * The way to prove who the client is that both sides know.
 *
 * @param supported - what the server's metadata lists; RFC 8414 §2 reads a missing list as `client_secret_basic`, but
 * a method that was asked for is tried all the same, because servers list less than they do
 * @throws TokenConfigError when the list rules it out; the secret has not been sent
 */
export function clientAuthMethod(
  methods: Credential['methods'],
  supported: readonly string[] | undefined,
): ClientAuthMethod {
  const method = methods.find((each) => supported === undefined || supported.includes(each));
  if (method !== undefined) return method;
  const offered = supported?.map((each) => JSON.stringify(each.slice(0, 60))).join(', ') ?? '';
  throw new TokenConfigError('clientAuthMethod', `is ${methods.join(' or ')}, but the server takes only ${offered}`);
}

/** What a proof is written into: a token request that is about to leave. */
interface Unproven {
  readonly params: URLSearchParams;
  readonly headers: Headers;
}

/** Writes the proof into a request. Called for each attempt, so that no assertion is sent twice. */
export interface Proof {
  readonly prove: (request: Unproven) => Promise<void>;
  /** Which of two secrets it is. */
  readonly secret?: 'current' | 'previous';
  /** What must not be shown. */
  readonly hidden: readonly string[];
}

/** Who proves, to whom, and when. */
export interface ProofFacts {
  readonly clientId: string;
  readonly issuer: string;
  readonly clock: Clock;
}

/**
 * The proofs to try, in order: the second only when the server does not know the client by the first.
 *
 * @throws TokenError when the secret or the key cannot be had
 */
export async function proofsOf(
  method: ClientAuthMethod,
  { secrets, signer, audience, isRaw }: Credential,
  facts: ProofFacts,
): Promise<readonly Proof[]> {
  if (method === 'none') return [{ prove: async ({ params }) => params.set('client_id', facts.clientId), hidden: [] }];
  if (signer !== undefined) return [asserted(await signer(), { ...facts, audience: audience ?? facts.issuer })];
  const list = (await secrets?.()) ?? [];
  return list.map((secret, place) => ({
    prove: method === 'client_secret_post' ? post(facts.clientId, secret) : basic(facts.clientId, secret, isRaw),
    hidden: [secret.expose(), basicPair(facts.clientId, secret, isRaw)],
    ...(list.length > 1 && { secret: place === 0 ? ('current' as const) : ('previous' as const) }),
  }));
}

function post(clientId: string, secret: SecretString): Proof['prove'] {
  return async ({ params }) => {
    params.set('client_id', clientId);
    params.set('client_secret', secret.expose());
  };
}

/** RFC 6749 §2.3.1: both parts form-urlencoded (Appendix B) unless told otherwise, joined, then base64. */
function basic(clientId: string, secret: SecretString, isRaw: boolean): Proof['prove'] {
  return async ({ headers }) => headers.set('authorization', `Basic ${basicPair(clientId, secret, isRaw)}`);
}

function basicPair(clientId: string, secret: SecretString, isRaw: boolean): string {
  const encode = isRaw ? (value: string): string => value : formEncode;
  return Buffer.from(`${encode(clientId)}:${encode(secret.expose())}`).toString('base64');
}

/** application/x-www-form-urlencoded, as the URL standard writes it. */
export function formEncode(value: string): string {
  return new URLSearchParams([['', value]]).toString().slice(1);
}

function asserted(signer: Signer, facts: AssertionFacts): Proof {
  const prove = async ({ params }: Unproven): Promise<void> => {
    params.set('client_id', facts.clientId);
    params.set('client_assertion_type', 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
    params.set('client_assertion', await clientAssertion(signer, facts));
  };
  return { prove, hidden: [] };
}
