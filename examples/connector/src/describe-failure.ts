import { formatHttpError, isBearingsError } from '@bearings/client';
import type { HttpStatusError } from '@bearings/client';
import type { PagingFailure } from '@bearings/client/paging';
import type { TokenError } from '@bearings/oauth-bearer';
import type { Connection } from './connect-source.ts';
import { RunError } from './run-error.ts';

/** What the description of a failure uses of a connection. */
export type FailureContext = Pick<Connection, 'credential' | 'lastTokenResponse' | 'show'>;

/** The fields to check, by the error code of the token endpoint (RFC 6749 §5.2, RFC 8707 §2). */
const fields: ReadonlyMap<string | undefined, string> = new Map([
  ['invalid_client', 'clientId, spec.source.oauth.clientSecretRef, spec.source.oauth.clientAuthMethod'],
  ['unauthorized_client', 'clientId'],
  ['invalid_scope', 'scopes'],
  ['invalid_target', 'audience'],
]);

/** What to do, by the code of an error. */
const advices = [
  [
    'DESTINATION_NOT_ALLOWED',
    'Nothing was sent: the next page must have the origin of spec.source.url. If a proxy changes it, set paging.nextOrigin: replace',
  ],
  ['BODY_TOO_LARGE', 'If pages are so large, set a larger spec.source.maxPageBytes, or a smaller page size'],
] as const;

/** What to check, and what to do, when a list cannot be continued. */
const pagingAdvices: Partial<Record<PagingFailure, { readonly check?: string; readonly details?: readonly string[] }>> =
  {
    SAME_AS_LAST: {
      check: ': check paging.param',
      details: ['If the API answers with its last page again after the end, set paging.afterLast: last_page'],
    },
    EQUAL_PAGES: { check: ': the API may ignore paging.param' },
    EMPTY_PAGES: {
      details: [
        'If the API always names a next page, set paging.endAfterEmptyPages, to go on to the next resource',
        'If there are records behind so many empty pages, set a larger maxEmptyPages',
      ],
    },
    TOO_MANY_PAGES: { details: ['If the list is so long, set a larger maxPages'] },
  };

/** Describes why a run ended: the failed step, the status, the response, and the field to check. Holds no secret. */
export async function describeFailure(error: unknown, step: string, context: FailureContext): Promise<RunError> {
  if (error instanceof RunError) return new RunError(error.code, `${step}: ${error.message}`, error.details);
  if (isBearingsError(error, 'PAGING')) {
    const { check = '', details = [] } = pagingAdvices[error.reason] ?? {};
    return new RunError('EXTRACTION', `${step}: ${error.message}${check}`, details);
  }
  const failure = await describeError(error, step, context);
  return mayPass(error) ? failure.with([], 'continues') : failure;
}

/** True for a failure that may be over at the next run. */
const mayPass = (error: unknown): boolean => !isBearingsError(error) || ('retryable' in error && error.retryable);

async function describeError(error: unknown, step: string, context: FailureContext): Promise<RunError> {
  if (isBearingsError(error) && error.source === 'oauth-bearer') return describeTokenFailure(error, step, context);
  if (isBearingsError(error, 'HTTP_STATUS')) return describeStatus(error, step, context);
  const message = formatHttpError(error, step);
  const [, advice] = advices.find(([code]) => isBearingsError(error, code)) ?? [];
  if (advice !== undefined) return new RunError('EXTRACTION', message, [advice]);
  const isOfSystem = error instanceof Error && 'syscall' in error && 'code' in error;
  return new RunError('EXTRACTION', isOfSystem ? `${step}: ${error.message}` : message);
}

async function describeTokenFailure(error: TokenError, step: string, context: FailureContext): Promise<RunError> {
  const message = formatHttpError(error, step);
  if (error.code === 'TOKEN_CONFIG') return new RunError('CONFIG', message);
  const field = `field: spec.source.oauth.${fields.get('oauthError' in error ? error.oauthError : '') ?? 'tokenUrl'}`;
  const answer = await context.lastTokenResponse();
  if (answer === undefined) return new RunError('EXTRACTION', message, [field]);
  const shown = context.show(answer.text);
  return new RunError('EXTRACTION', message, [
    field,
    `status: ${answer.status}`,
    `answer: ${shown === '' ? 'empty' : shown}`,
  ]);
}

function describeStatus(error: HttpStatusError, step: string, { credential, show }: FailureContext): RunError {
  const challenge = error.response.headers.get('www-authenticate');
  const details: string[] = [];
  if (error.status === 401) details.push(rejectionAdvice(credential));
  if (error.status === 429) details.push(throttleAdvice(error.response.headers.get('retry-after')));
  if (challenge !== null) details.push(`challenge: ${show(challenge)}`);
  if (error.preview !== undefined) details.push(`answer: ${show(error.preview)}`);
  return new RunError('EXTRACTION', formatHttpError(error, step), details);
}

function rejectionAdvice(credential: FailureContext['credential']): string {
  if (credential === undefined) return 'The API requires another credential: check spec.source.oauth, auth and headers';
  if (credential === 'spec.source.auth') return 'The API rejects the token: check spec.source.auth.bearerTokenRef';
  return 'The API rejects the token, also a newly acquired one: check spec.source.oauth.scopes and audience';
}

/** Converts a failure before the first page. */
export function asRunError(error: unknown): RunError {
  if (error instanceof RunError) return error;
  if (isBearingsError(error) && error.source === 'oauth-bearer')
    return new RunError('CONFIG', formatHttpError(error, 'spec.source.oauth'));
  if (error instanceof Error && 'syscall' in error) return new RunError('STATE', error.message);
  return new RunError('CONFIG', formatHttpError(error, 'spec.source'));
}

function throttleAdvice(retryAfter: string | null): string {
  const asked =
    retryAfter !== null && /^\d{1,9}$/.test(retryAfter) ? `a wait of ${retryAfter} seconds` : 'longer waits';
  return `The API asks for ${asked}, which is more than spec.source.maxThrottleMs allows for one page`;
}
