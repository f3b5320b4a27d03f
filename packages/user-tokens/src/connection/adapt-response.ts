import type { TokenHttpResponse } from '@bearings/oauth-bearer/source';
import type { Provider } from '../providers/provider.ts';

type Body = Readonly<Record<string, unknown>>;

/** Rewrites the token response of a provider with a form of its own into that of RFC 6749 §5. */
export function adaptResponse(response: TokenHttpResponse, provider: Provider): TokenHttpResponse {
  const { tokenPath, errorMember, scopeSeparator } = provider;
  if (tokenPath === undefined && errorMember === undefined && scopeSeparator !== ',') return response;
  const body = parseBody(response.text);
  if (body === undefined) return response;
  const nested: unknown = tokenPath === undefined ? undefined : body[tokenPath];
  const token = isBody(nested) ? nested : body;
  const scope =
    scopeSeparator === ',' && typeof token['scope'] === 'string' ? token['scope'].replaceAll(',', ' ') : undefined;
  const error = errorMember === undefined ? undefined : body[errorMember];
  const changes = { ...(scope !== undefined && { scope }), ...(error !== undefined && { error }) };
  return { ...response, text: JSON.stringify({ ...token, ...changes }) };
}

function parseBody(text: string): Body | undefined {
  try {
    const body: unknown = JSON.parse(text);
    return isBody(body) ? body : undefined;
  } catch {
    return undefined;
  }
}

const isBody = (value: unknown): value is Body => typeof value === 'object' && value !== null && !Array.isArray(value);
