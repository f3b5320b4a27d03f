import { formatHttpError, systemClock } from '@bearings/client';
import type { Client, Clock } from '@bearings/client';
import { isBearingsError, redact } from '@bearings/client/errors';
import { discard, retryAfterMs } from '@bearings/client/layer';
import type { Auth } from '@bearings/config';
import type { TokenHandle } from '@bearings/oauth-bearer';
import { connectionRemedy } from '../../output/connection-remedies.ts';
import { judgeAnswer } from './api-answer.ts';
import type { ApiAnswer } from './api-answer.ts';
import { failed } from './check.ts';
import type { Check, Finding } from './check.ts';
import { readAnswerFacts } from './tracked-responses.ts';

/** The API to check, and what to use. */
export interface ApiCheckContext {
  readonly client: Pick<Client, 'fetch'>;
  readonly baseUrl: string;
  /** A path that exists, for the probe. Default: the base URL itself. */
  readonly path: string | undefined;
  readonly auth: Auth;
  /** The client's token; `undefined` when it sends no credential. */
  readonly token: TokenHandle | undefined;
  readonly interrupted: AbortSignal;
  /** Default: the clock of the system. */
  readonly clock?: Clock | undefined;
}

/** The check `API`: does it accept the credential? Sends HEAD, and GET when the answer says little about the API. */
export function apiCheck(dependsOn: readonly Check[], context: ApiCheckContext): Check {
  return { name: 'API', dependsOn, run: () => checkApi(context) };
}

async function checkApi(context: ApiCheckContext): Promise<Finding> {
  try {
    const head = await probeApi('HEAD', context);
    return judgeAnswer(rejectsHead(head) ? await probeApi('GET', context) : head, context.auth);
  } catch (error) {
    const remedy = remedies.get(isBearingsError(error) ? error.code : '') ?? connectionRemedy(error);
    return failed(formatHttpError(error), remedy ?? 'Ask the operator of the API why the connection fails');
  }
}

const limits = { retry: 0, timeout: 10_000, bodyTimeout: 10_000, totalTimeout: 20_000 };

async function probeApi(
  method: 'HEAD' | 'GET',
  { client, baseUrl, path, token, interrupted, clock = systemClock }: ApiCheckContext,
): Promise<ApiAnswer> {
  const target = new URL(path?.replace(/^\//, '') ?? '', baseUrl);
  const response = await client.fetch(target, { method, signal: interrupted, ...limits });
  await discard(response);
  const { status, headers } = response;
  const { requestId, isPage } = readAnswerFacts(headers);
  return {
    status,
    isPage,
    isBase: path === undefined,
    redirectedTo: response.redirected ? new URL(response.url).pathname : undefined,
    message: `${method} ${target.pathname} answered ${status}${requestId === undefined || status < 500 ? '' : ` (${requestId})`}`,
    requestId,
    challenge: withoutCredential(headers.get('www-authenticate') ?? '', token).slice(0, 300),
    waitMs: retryAfterMs(headers, clock.now()),
    credentialBytes: readCredential(token)?.length ?? 0,
  };
}

const readCredential = (token: TokenHandle | undefined): string | undefined =>
  token
    ?.read()
    .map((current) => current.authorization())
    .unwrapOr(undefined);

/** Removes the credential: some servers quote what they reject. */
function withoutCredential(text: string, token: TokenHandle | undefined): string {
  const shown = token?.read();
  if (shown === undefined || shown.isErr()) return text;
  const { secret } = shown.value;
  return redact(text, [secret.expose(), shown.value.authorization()]);
}

/** Many APIs answer GET alone: HEAD to a path of theirs gets 404. */
const rejectsHead = ({ status, isBase }: ApiAnswer): boolean =>
  status === 405 || status === 501 || (status === 404 && !isBase);

const remedies: ReadonlyMap<string, string> = new Map([
  ['REDIRECT_BLOCKED', 'Correct baseUrl: a redirect to another origin is often a login page'],
  ['ATTEMPT_TIMEOUT', 'Ask the operator of the API why it does not answer'],
]);
