import { jsonAnswer, withHeaders } from '../server/answer.ts';
import type { Answer } from '../server/answer.ts';
import type { ActiveToken, Introspection } from '../issuer/state/issued-tokens.ts';

/** The requirements of a protected resource. */
export interface TokenRequirements {
  /** The header with the token. */
  readonly header: string;
  /** The token must have all of these scopes. */
  readonly scopes: readonly string[];
  /** The token must be for this audience, if set. */
  readonly audience: string | undefined;
  readonly introspect: (token: string) => Introspection;
  /** The metadata of the resource, which challenges name (RFC 9728 §5.1). Default: none. */
  readonly metadataUrl?: string | undefined;
}

/** Returns the token of a request, or the error response if it is not accepted (RFC 6750 §3). */
export function checkBearer(headers: Headers, requirements: TokenRequirements): ActiveToken | Answer {
  const answer = checkToken(headers, requirements);
  const { metadataUrl } = requirements;
  const challenged = 'headers' in answer ? answer.headers.get('www-authenticate') : null;
  if (!('headers' in answer) || challenged === null || metadataUrl === undefined) return answer;
  return withHeaders(answer, { 'www-authenticate': `${challenged}, resource_metadata="${metadataUrl}"` });
}

function checkToken(headers: Headers, requirements: TokenRequirements): ActiveToken | Answer {
  const value = headers.get(requirements.header);
  if (value === null) return challenge(401, {});
  const token = /^Bearer ([\w~+/.-]+=*)$/i.exec(value)?.[1];
  if (token === undefined) return challenge(400, { error: 'invalid_request', error_description: 'Not a bearer token' });
  const introspection = requirements.introspect(token);
  if (typeof introspection === 'string') return invalidToken(`The token is ${introspection}`);
  const { audience, scopes } = requirements;
  if (audience !== undefined && !introspection.audience.includes(audience))
    return invalidToken('The token is for another audience');
  if (scopes.every((scope) => introspection.scopes.includes(scope))) return introspection;
  return challenge(403, { error: 'insufficient_scope', scope: scopes.join(' ') });
}

function invalidToken(description: string): Answer {
  return challenge(401, { error: 'invalid_token', error_description: description });
}

/** A request without credentials gets no error code (RFC 6750 §3.1). */
function challenge(status: number, facts: Readonly<Record<string, string>>): Answer {
  const params = Object.entries({ realm: 'fake-api', ...facts }).map(([name, value]) => `${name}="${value}"`);
  return jsonAnswer(facts, status, { 'www-authenticate': `Bearer ${params.join(', ')}` });
}
