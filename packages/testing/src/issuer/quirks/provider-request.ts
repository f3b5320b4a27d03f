import type { IssuerQuirks } from './issuer-quirks.ts';

/** Rewrites an authorization request of a provider's form as the standard has it. */
export function toStandardAuthorization(request: Request, quirks: IssuerQuirks): Request {
  const { scopeParam = 'scope', requestedScopeSeparator = ' ' } = quirks;
  const url = new URL(request.url);
  const scopes = url.searchParams.get(scopeParam);
  if (scopeParam !== 'scope') url.searchParams.delete('scope');
  if (scopes !== null) url.searchParams.set('scope', scopes.split(requestedScopeSeparator).join(' '));
  return new Request(url, { method: request.method, headers: request.headers });
}

/** Rewrites a token request of a provider's form as the standard has it. Returns why if the provider refuses it. */
export async function toStandardTokenRequest(request: Request, quirks: IssuerQuirks): Promise<Request | string> {
  const { tokenBody = 'form', clientAuth, refusesScopeOnRefresh = false } = quirks;
  const params = tokenBody === 'form' ? new URLSearchParams(await request.clone().text()) : await readJson(request);
  if (params === undefined) return 'The body must be a JSON object';
  if (clientAuth === 'basic' && params.has('client_secret')) return 'The secret must be in the header';
  if (clientAuth === 'post' && request.headers.has('authorization')) return 'The secret must be in the body';
  const isRefresh = params.get('grant_type') === 'refresh_token';
  if (refusesScopeOnRefresh && isRefresh && params.has('scope')) return 'scope parameter not supported';
  if (tokenBody === 'form') return request;
  const headers = new Headers(request.headers);
  headers.set('content-type', 'application/x-www-form-urlencoded');
  return new Request(request.url, { method: request.method, headers, body: params.toString() });
}

async function readJson(request: Request): Promise<URLSearchParams | undefined> {
  if (request.headers.get('content-type')?.startsWith('application/json') !== true) return undefined;
  try {
    const value: unknown = await request.json();
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    return new URLSearchParams(Object.entries(value).map(([name, text]): [string, string] => [name, String(text)]));
  } catch {
    return undefined;
  }
}
