import { formatHttpError } from '@bearings/client';
import type { Client } from '@bearings/client';
import { isBearingsError, redact } from '@bearings/client/errors';
import { discard } from '@bearings/client/layer';
import type { Auth } from '@bearings/config';
import type { TokenHandle } from '@bearings/oauth-bearer';
import { failed, ok, warning } from './check.ts';
import type { Check, Finding } from './check.ts';

/** The API to check, and what to use. */
export interface ApiCheckContext {
  readonly client: Pick<Client, 'fetch'>;
  readonly baseUrl: string;
  readonly auth: Auth;
  /** The client's token; `undefined` when it sends no credential. */
  readonly token: TokenHandle | undefined;
  readonly interrupted: AbortSignal;
}

/** The check `API`: does it accept the credential? Sends HEAD to the base URL, or GET if HEAD is not supported. */
export function apiCheck(dependsOn: readonly Check[], context: ApiCheckContext): Check {
  return { name: 'API', dependsOn, run: () => checkApi(context) };
}

async function checkApi(context: ApiCheckContext): Promise<Finding> {
  try {
    const head = await probeApi('HEAD', context);
    return toFinding(rejectsHead(head) ? await probeApi('GET', context) : head, context);
  } catch (error) {
    const remedy = remedies.get(isBearingsError(error) ? error.code : '') ?? 'Run again with --debug for details';
    return failed(formatHttpError(error), remedy);
  }
}

interface ApiAnswer {
  readonly status: number;
  /** Such as `HEAD / answered 404`. */
  readonly message: string;
  readonly challenge: string;
}

const limits = { retry: 0, timeout: 10_000, bodyTimeout: 10_000, totalTimeout: 20_000 };

async function probeApi(
  method: 'HEAD' | 'GET',
  { client, baseUrl, token, interrupted }: ApiCheckContext,
): Promise<ApiAnswer> {
  const response = await client.fetch(baseUrl, { method, signal: interrupted, ...limits });
  await discard(response);
  const { status, headers } = response;
  const message = `${method} ${new URL(baseUrl).pathname} answered ${status}`;
  const challenge = withoutCredential(headers.get('www-authenticate') ?? '', token).slice(0, 300);
  return { status, message, challenge };
}

/** Removes the credential: some servers quote what they reject. */
function withoutCredential(text: string, token: TokenHandle | undefined): string {
  const shown = token?.read();
  if (shown === undefined || shown.isErr()) return text;
  const { secret } = shown.value;
  return redact(text, [secret.expose(), shown.value.authorization()]);
}

const rejectsHead = ({ status }: ApiAnswer): boolean => status === 405 || status === 501;

function toFinding({ status, message, challenge }: ApiAnswer, { auth }: ApiCheckContext): Finding {
  const credential = credentialNames[auth.type];
  if (status === 401 || status === 403) {
    const why = challenge === '' ? ', without a reason' : `: ${challenge}`;
    return failed(`${message}${why}`, refusalRemedy({ status, challenge }, auth));
  }
  if (status >= 500) return failed(message, 'Ask the operator of the API');
  if (status === 429) return warning(message, 'Wait, and send fewer requests');
  if (auth.type === 'none') return ok(message);
  return ok(status < 300 ? `${message}, with the ${credential}` : `${message}: the ${credential} was not rejected`);
}

const credentialNames: Readonly<Record<Auth['type'], string>> = {
  oauth2_client_credentials: 'token',
  oauth2_authorization_code: 'token',
  bearer: 'token',
  basic: 'password',
  api_key: 'key',
  none: 'request',
};

function refusalRemedy({ status, challenge }: Pick<ApiAnswer, 'status' | 'challenge'>, auth: Auth): string {
  if (auth.type === 'none') return 'Set auth in the config: the API requires a credential';
  if (!auth.type.startsWith('oauth2_')) return `Check that the ${credentialNames[auth.type]} is still valid`;
  if (status === 403) {
    const scope = /scope="?([^",]+)"?/.exec(challenge)?.[1];
    const which = scope === undefined ? 'the scope that the API requires' : scope;
    return `Allow for the client, as scopes or as a role: ${which}`;
  }
  return 'Check that the API expects tokens of this issuer, audience and resource, and that both clocks are right';
}

const remedies: ReadonlyMap<string, string> = new Map([
  ['REDIRECT_BLOCKED', 'Correct baseUrl: a redirect to another origin is often a login page'],
  ['ATTEMPT_TIMEOUT', 'Ask the operator of the API why it does not answer'],
  ['TRANSPORT', 'Ask the operator of the API why the connection fails'],
]);
