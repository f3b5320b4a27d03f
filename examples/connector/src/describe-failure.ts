import { formatHttpError, isClientError, isHTTPError } from '@bearings/client';
import type { HttpStatusError } from '@bearings/client';
import { isTokenError } from '@bearings/oauth-bearer';
import type { TokenError } from '@bearings/oauth-bearer';
import type { Connection } from './connect-source.ts';
import { RunError } from './run-error.ts';

/** What is known of a connection when something fails. */
export type Witness = Pick<Connection, 'credential' | 'lastTokenAnswer' | 'show'>;

/** The fields to look at, by what the token endpoint said (RFC 6749 §5.2, RFC 8707 §2). */
const fields: ReadonlyMap<string | undefined, string> = new Map([
  ['invalid_client', 'clientId, spec.source.oauth.clientSecretRef, spec.source.oauth.clientAuthMethod'],
  ['unauthorized_client', 'clientId'],
  ['invalid_scope', 'scopes'],
  ['invalid_target', 'audience'],
]);

/** Says why a run ended: what failed, with which status, what was answered, where to look. Nothing of it is a secret. */
export async function describeFailure(error: unknown, during: string, witness: Witness): Promise<RunError> {
  if (error instanceof RunError) return new RunError(error.code, `${during}: ${error.message}`, error.details);
  if (isTokenError(error)) return withoutToken(error, during, witness);
  if (isHTTPError(error)) return refused(error, during, witness);
  const message = formatHttpError(error, during);
  if (isClientError(error, 'DESTINATION_NOT_ALLOWED')) {
    return new RunError('EXTRACTION', message, ['Nothing was sent: a next page has to be where spec.source.url is']);
  }
  const isOfSystem = error instanceof Error && 'syscall' in error && 'code' in error;
  return new RunError('EXTRACTION', isOfSystem ? `${during}: ${error.message}` : message);
}

async function withoutToken(error: TokenError, during: string, witness: Witness): Promise<RunError> {
  const message = formatHttpError(error, `${during}: no token`);
  if (error.code === 'CONFIG') return new RunError('CONFIG', message);
  const field = `field: spec.source.oauth.${fields.get('oauthError' in error ? error.oauthError : '') ?? 'tokenUrl'}`;
  const answer = await witness.lastTokenAnswer();
  if (answer === undefined) return new RunError('EXTRACTION', message, [field]);
  const shown = witness.show(answer.text);
  return new RunError('EXTRACTION', message, [
    field,
    `status: ${answer.status}`,
    `answer: ${shown === '' ? 'empty' : shown}`,
  ]);
}

function refused(error: HttpStatusError, during: string, { credential, show }: Witness): RunError {
  const challenge = error.response.headers.get('www-authenticate');
  const details: string[] = [];
  if (error.status === 401) details.push(turnedAway(credential));
  if (challenge !== null) details.push(`challenge: ${show(challenge)}`);
  if (error.preview !== undefined) details.push(`answer: ${show(error.preview)}`);
  return new RunError('EXTRACTION', formatHttpError(error, during), details);
}

function turnedAway(credential: Witness['credential']): string {
  if (credential === undefined) return 'The API wants another credential: look at spec.source.oauth, auth and headers';
  if (credential === 'spec.source.auth') return 'The API turns the token away: look at spec.source.auth.bearerTokenRef';
  return 'The API turns the token away, also a new one: look at spec.source.oauth.scopes and audience';
}
