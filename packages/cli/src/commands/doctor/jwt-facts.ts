import { formatDuration } from '../../output/format-duration.ts';
import { failed, ok } from './check.ts';
import type { Finding } from './check.ts';

/** A JWT, and what is said of it. It is never shown: only some of its claims are. */
export interface JwtContext {
  /** Where it comes from, such as `file /var/run/secrets/tokens/id`. */
  readonly place: string;
  /** What renews it. */
  readonly remedy: string;
  /** In milliseconds since the epoch. */
  readonly now: number;
}

/** Whether a JWT is complete and has not expired: names its issuer, subject, audience and end. The signature is not verified. */
export function judgeJwt(text: string, { place, remedy, now }: JwtContext): Finding {
  const claims = readClaims(text.trim());
  if (text.trim() === '') return failed(`${place} is empty`, remedy);
  if (claims === undefined) return failed(`${place} is not a JWT, or is incomplete`, remedy);
  const { iss, sub, aud, exp } = claims;
  const names = [`issuer ${shown(iss)}`, `subject ${shown(sub)}`, `audience ${shown(aud)}`].join(', ');
  if (typeof exp !== 'number') return ok(`${place}: ${names}, without an end`);
  const leftMs = exp * 1_000 - now;
  if (leftMs <= 0) return failed(`${place} expired ${formatDuration(-leftMs)} ago; ${names}`, remedy);
  return ok(`${place}: ${names}, expires in ${formatDuration(leftMs)}`);
}

const longestClaim = 120;

function shown(claim: unknown): string {
  const text = [claim].flat().join(' ');
  if (claim === undefined || text === '') return 'none';
  return text.length > longestClaim ? `${text.slice(0, longestClaim).toWellFormed()}…` : text;
}

function readClaims(text: string): Readonly<Record<string, unknown>> | undefined {
  const [header, payload, signature, ...more] = text.split('.');
  if (!header || !payload || !signature || more.length > 0) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return typeof claims === 'object' && claims !== null ? { ...claims } : undefined;
  } catch {
    return undefined;
  }
}
