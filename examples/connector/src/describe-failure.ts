import { formatHttpError, isBearingsError } from '@bearings/client';
import type { HttpStatusError } from '@bearings/client';
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

/** Describes why a run ended: the failed step, the status, the response, and the field to check. Holds no secret. */
export async function describeFailure(error: unknown, step: string, context: FailureContext): Promise<RunError> {
  if (error instanceof RunError) return new RunError(error.code, `${step}: ${error.message}`, error.details);
  if (isBearingsError(error) && error.source === 'oauth-bearer') return describeTokenFailure(error, step, context);
  if (isBearingsError(error, 'HTTP_STATUS')) return describeStatus(error, step, context);
  const message = formatHttpError(error, step);
  if (isBearingsError(error, 'DESTINATION_NOT_ALLOWED')) {
    return new RunError('EXTRACTION', message, [
      'Nothing was sent: the next page must have the origin of spec.source.url',
    ]);
  }
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
  if (challenge !== null) details.push(`challenge: ${show(challenge)}`);
  if (error.preview !== undefined) details.push(`answer: ${show(error.preview)}`);
  return new RunError('EXTRACTION', formatHttpError(error, step), details);
}

function rejectionAdvice(credential: FailureContext['credential']): string {
  if (credential === undefined) return 'The API requires another credential: check spec.source.oauth, auth and headers';
  if (credential === 'spec.source.auth') return 'The API rejects the token: check spec.source.auth.bearerTokenRef';
  return 'The API rejects the token, also a newly acquired one: check spec.source.oauth.scopes and audience';
}
