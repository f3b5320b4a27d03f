import { fromBase64 } from '../sealing/base64.ts';
import { parseObject } from './parse-object.ts';
import type { JsonObject } from './parse-object.ts';

type Params = readonly [string, string][];

/** Far above what a resource requires; the token endpoint gets it in a form. */
const longestClaims = 8_192;

/**
 * The claims that a resource requires, from its challenge: base64 of a JSON object, in either alphabet. `undefined` for
 * another text.
 */
export function decodeClaims(text: string): JsonObject | undefined {
  if (text.length > longestClaims || !/^[\w+/-]+={0,2}$/.test(text)) return undefined;
  const bytes = fromBase64(text);
  return bytes && parseObject(new TextDecoder().decode(bytes));
}

/** The parameter `claims` of a token request (OpenID Connect Core §5.5), which declares what the client can handle. */
export function claimsParam(capabilities: readonly string[]): Params {
  return [['claims', JSON.stringify({ access_token: { xms_cc: { values: capabilities } } })]];
}

/** The parameters of a request that asks for these claims as well. */
export function requireClaims(params: Params, required: string | undefined): Params {
  const claims = required === undefined ? undefined : decodeClaims(required);
  if (claims === undefined) return params;
  return params.map(([name, value]) => [name, name === 'claims' ? merge(claims, parseObject(value) ?? {}) : value]);
}

/** The client's own members count: a resource does not change what the client can handle. */
function merge(required: JsonObject, own: JsonObject): string {
  const members = Object.entries({ ...required, ...own }).map(([name, value]): [string, unknown] => {
    const [theirs, ours] = [required[name], own[name]];
    return [name, isObject(theirs) && isObject(ours) ? { ...theirs, ...ours } : value];
  });
  return JSON.stringify(Object.fromEntries(members));
}

const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null;
