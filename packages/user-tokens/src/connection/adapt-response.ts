import type { TokenHttpResponse } from '@bearings/oauth-bearer/source';
import type { Provider } from '../providers/provider.ts';
import { readPath } from './read-path.ts';

type Members = Readonly<Record<string, unknown>>;

/**
 * Rewrites the token response of a provider into the standard's form (RFC 6749 §5): tokens that are in a member of
 * the response, scopes that are a list or are separated by commas, and an error code in `status` in place of `error`.
 */
export function adaptResponse(
  response: TokenHttpResponse,
  { tokenPath, scopeSeparator }: Pick<Provider, 'tokenPath' | 'scopeSeparator'>,
): TokenHttpResponse {
  const body = parse(response.text);
  if (body === undefined) return response;
  const nested = tokenPath === undefined ? undefined : readPath(body, tokenPath);
  const flat: Members = isMembers(nested) ? { ...body, ...nested } : body;
  const { scope, error, status } = flat;
  const adapted = {
    ...flat,
    ...(Array.isArray(scope) && { scope: scope.join(' ') }),
    ...(typeof scope === 'string' && scopeSeparator === ',' && { scope: scope.replaceAll(',', ' ') }),
    ...(response.status >= 400 && error === undefined && typeof status === 'string' && { error: status }),
  };
  return { ...response, text: JSON.stringify(adapted) };
}

function parse(text: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isMembers(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
