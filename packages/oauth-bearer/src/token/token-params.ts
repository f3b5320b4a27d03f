import type { Grant } from '../grants/grant.ts';
import { claimsParam } from '../sources/claims.ts';
import { mustBe } from './token-options.ts';

/** What of a config becomes parameters. */
interface ParamsConfig {
  readonly scopes?: readonly string[];
  readonly audience?: string | undefined;
  readonly resource?: string | readonly string[] | undefined;
  readonly clientCapabilities?: readonly string[] | undefined;
  readonly extraParams?: Readonly<Record<string, string>>;
}

const reserved =
  /^(?:grant_type|client_id|client_secret|client_assertion|client_assertion_type|scope|audience|resource|assertion|(?:subject|actor)_token(?:_type)?|requested_token_type)$/;

/**
 * All parameters of the token request but those of client authentication.
 *
 * @throws TokenConfigError naming the field
 */
export function readParams(config: ParamsConfig, grant: Grant | undefined): readonly [string, string][] {
  const { scopes = [], audience, resource = [], extraParams = {} } = config;
  const resources = typeof resource === 'string' ? [resource] : resource;
  for (const each of resources) {
    const isRight = URL.canParse(each) && !each.includes('#');
    mustBe(isRight, 'resource', 'must be an absolute URI without a fragment (RFC 8707 §2)');
  }
  for (const name of Object.keys(extraParams)) {
    mustBe(!reserved.test(name), 'extraParams', `contains ${name}, which has its own setting`);
  }
  const params: [string, string][] = [];
  if (scopes.length > 0) params.push(['scope', scopes.join(' ')]);
  if (audience !== undefined) params.push(['audience', audience]);
  for (const each of resources) params.push(['resource', each]);
  params.push(...readCapabilities(config), ...Object.entries(extraParams));
  return grant === undefined ? [...params, ['grant_type', 'client_credentials']] : params;
}

function readCapabilities({ clientCapabilities, extraParams = {} }: ParamsConfig): readonly [string, string][] {
  if (clientCapabilities === undefined) return [];
  const isName = (each: unknown): boolean => typeof each === 'string' && /^[\x21-\x7e]{1,100}$/.test(each);
  const isRight =
    Array.isArray(clientCapabilities) && clientCapabilities.length > 0 && clientCapabilities.every(isName);
  mustBe(isRight, 'clientCapabilities', "must be a list of names, such as ['cp1']");
  mustBe(!Object.hasOwn(extraParams, 'claims'), 'extraParams', 'contains claims, which clientCapabilities sets');
  return claimsParam(clientCapabilities);
}
