import { formatHttpError } from '@bearings/client';
import { discard } from '@bearings/client/layer';
import type { Client } from '@bearings/client';
import { isBearingsError } from '@bearings/client/errors';
import type { Auth } from '@bearings/config';
import type { TokenHandle } from '@bearings/oauth-bearer';
import { hidden } from '../../output/redaction.ts';
import { failed, ok, warning } from './check.ts';
import type { Check, Finding } from './check.ts';

/** What is asked, and with what. */
export interface ApiQuestion {
  readonly client: Pick<Client, 'fetch'>;
  readonly baseUrl: string;
  readonly auth: Auth;
  /** What the client shows; `undefined` when it shows nothing. */
  readonly token: TokenHandle | undefined;
  readonly interrupted: AbortSignal;
}

/** API: it takes the credential. A HEAD of the base URL; a GET where there is no HEAD. */
export function apiCheck(needs: readonly Check[], question: ApiQuestion): Check {
  return { name: 'API', needs, run: () => call(question) };
}

async function call(question: ApiQuestion): Promise<Finding> {
  try {
    const head = await ask('HEAD', question);
    return judged(isWithoutHead(head) ? await ask('GET', question) : head, question);
  } catch (error) {
    const remedy = remedies.get(isBearingsError(error) ? error.code : '') ?? 'Look at what --debug shows';
    return failed(formatHttpError(error, 'no answer'), remedy);
  }
}

interface Said {
  readonly status: number;
  /** What was asked and what came: `HEAD / answered 404`. */
  readonly says: string;
  readonly challenge: string;
}

const limits = { retry: 0, timeout: 10_000, bodyTimeout: 10_000, totalTimeout: 20_000 };

async function ask(method: 'HEAD' | 'GET', { client, baseUrl, token, interrupted }: ApiQuestion): Promise<Said> {
  const response = await client.fetch(baseUrl, { method, signal: interrupted, ...limits });
  await discard(response);
  const { status, headers } = response;
  const says = `${method} ${new URL(baseUrl).pathname} answered ${status}`;
  const challenge = withoutCredential(headers.get('www-authenticate') ?? '', token).slice(0, 300);
  return { status, says, challenge };
}

/** Some servers quote what they refuse. */
function withoutCredential(text: string, token: TokenHandle | undefined): string {
  const shown = token?.read();
  if (shown === undefined || shown.isErr()) return text;
  const { secret } = shown.value;
  const header = shown.value.authorization().replace(/^(?:Bearer|Basic) /, '');
  return text.replaceAll(secret.expose(), hidden).replaceAll(header, hidden);
}

const isWithoutHead = ({ status }: Said): boolean => status === 405 || status === 501;

function judged({ status, says, challenge }: Said, { auth }: ApiQuestion): Finding {
  const credential = credentials[auth.type];
  if (status === 401 || status === 403) {
    const why = challenge === '' ? ', without saying why' : `: ${challenge}`;
    return failed(`${says}${why}`, refusalRemedy({ status, challenge }, auth));
  }
  if (status >= 500) return failed(says, 'Ask those who run the API what is wrong with it');
  if (status === 429) return warning(says, 'Wait, and ask less often');
  if (auth.type === 'none') return ok(says);
  return ok(status < 300 ? `${says}, with the ${credential}` : `${says}, which is no refusal of the ${credential}`);
}

const credentials: Readonly<Record<Auth['type'], string>> = {
  oauth2_client_credentials: 'token',
  bearer: 'token',
  basic: 'password',
  api_key: 'key',
  none: 'request',
};

function refusalRemedy({ status, challenge }: Pick<Said, 'status' | 'challenge'>, auth: Auth): string {
  if (auth.type === 'none') return 'Say in auth what the API is to be shown: it wants a credential';
  if (auth.type !== 'oauth2_client_credentials') return `Look at whether the ${credentials[auth.type]} is still good`;
  if (status === 403) {
    const scope = /scope="?([^",]+)"?/.exec(challenge)?.[1];
    const which = scope === undefined ? 'the scope that it wants' : scope;
    return `Have the client allowed what it needs: ${which}, in scopes or as a role`;
  }
  return 'Compare issuer, audience and resource with what the API expects of a token, and the clocks of both';
}

const remedies: ReadonlyMap<string, string> = new Map([
  ['REDIRECT_BLOCKED', 'Correct baseUrl: a redirect to elsewhere is often a login page for people'],
  ['ATTEMPT_TIMEOUT', 'Ask those who run the API why it does not answer'],
  ['TRANSPORT', 'Ask those who run the API why it breaks off'],
]);
