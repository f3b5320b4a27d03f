import { isBearingsError } from '@bearings/client';
import { BearingsError } from '@bearings/client/errors';
import { InvalidTokenResponseError, TokenUnavailableError } from '../errors.ts';
import type { TokenError } from '../errors.ts';
import { findCertificateRemedy } from '../remedy.ts';

/** Parameters of token requests that are secrets. */
const secretParams: ReadonlySet<string> = new Set([
  'refresh_token',
  'code',
  'code_verifier',
  'device_code',
  'token',
  'subject_token',
  'actor_token',
  'assertion',
]);

/** What a server must not be quoted with. */
export const secretValues = (params: readonly [string, string][]): readonly string[] =>
  params.flatMap(([name, value]) => (secretParams.has(name) ? [value] : []));

interface SentWith {
  /** True when the connection presents a client certificate that the token needs. */
  readonly hasCertificate: boolean;
}

/** Foreign errors may quote what was sent, so only errors of Bearings are kept. */
export function toTokenError(cause: unknown, { hasCertificate }: SentWith): TokenError {
  if (isBearingsError(cause) && cause.source === 'oauth-bearer') return cause;
  const known = cause instanceof BearingsError ? cause : undefined;
  if (isBearingsError(known, 'BODY_TOO_LARGE')) return new InvalidTokenResponseError(known.message, { cause: known });
  const remedy = hasCertificate && known !== undefined ? findCertificateRemedy(known) : undefined;
  const message = known?.message ?? 'the token request could not be sent';
  return new TokenUnavailableError(remedy === undefined ? message : `${message}. ${remedy}`, { cause: known });
}
