import { jsonAnswer } from './answer.ts';
import type { Answer } from './answer.ts';
import type { GoodToken, Introspection } from './issued-tokens.ts';

/** What a protected resource asks of a token. */
export interface Demands {
  /** The header that carries it. */
  readonly header: string;
  /** Every one of these scopes. */
  readonly scopes: readonly string[];
  /** Meant for this audience, when given. */
  readonly audience: string | undefined;
  readonly introspect: (token: string) => Introspection;
}

/** The token that a request carries, when it is good enough; the answer to give when it is not (RFC 6750 §3). */
export function checkBearer(headers: Headers, demands: Demands): GoodToken | Answer {
  const value = headers.get(demands.header);
  if (value === null) return challenge(401, {});
  const token = /^Bearer ([\w~+/.-]+=*)$/i.exec(value)?.[1];
  if (token === undefined) return challenge(400, { error: 'invalid_request', error_description: 'Not a bearer token' });
  const said = demands.introspect(token);
  if (typeof said === 'string') return invalidToken(`The token is ${said}`);
  const { audience, scopes } = demands;
  if (audience !== undefined && !said.audience.includes(audience)) return invalidToken('The token is for someone else');
  if (scopes.every((scope) => said.scopes.includes(scope))) return said;
  return challenge(403, { error: 'insufficient_scope', scope: scopes.join(' ') });
}

function invalidToken(description: string): Answer {
  return challenge(401, { error: 'invalid_token', error_description: description });
}

/** No error is named to who has shown no credentials (RFC 6750 §3.1). */
function challenge(status: number, facts: Readonly<Record<string, string>>): Answer {
  const params = Object.entries({ realm: 'fake-api', ...facts }).map(([name, value]) => `${name}="${value}"`);
  return jsonAnswer(facts, status, { 'www-authenticate': `Bearer ${params.join(', ')}` });
}
