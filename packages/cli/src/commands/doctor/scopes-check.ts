import { ok, failed, warning } from './check.ts';
import type { Check, Finding } from './check.ts';
import { compareScopes } from '../../output/scope-difference.ts';

/** The check `scopes`: were all requested scopes granted? */
export function scopesCheck(requested: readonly string[], token: Check, read: () => Promise<GrantedScopes>): Check {
  return { name: 'scopes', dependsOn: [token], run: async () => toFinding(requested, await read()) };
}

/** The scopes of a token, and whether the server has named them: silence means that those requested were granted. */
export interface GrantedScopes {
  readonly granted: readonly string[];
  readonly isNamed: boolean;
}

function toFinding(requested: readonly string[], { granted, isNamed }: GrantedScopes): Finding {
  if (!isNamed && requested.length > 0) {
    return warning(
      `the server does not say which scopes it has granted; requested: ${requested.join(', ')}`,
      'Nothing to do when calls succeed (RFC 6749 §5.1: silence means all); after a 403, look at the client in the server',
    );
  }
  const { missing, extra } = compareScopes(requested, granted);
  if (missing.length > 0) {
    return failed(
      `not granted: ${missing.join(', ')}; granted: ${granted.join(', ') || 'none'}`,
      'Allow them for the client at the issuer, or remove them from scopes',
    );
  }
  if (requested.length === 0) return ok(`none requested; granted: ${granted.join(', ') || 'none'}`);
  const more = extra.length === 0 ? '' : `; also granted, not requested: ${extra.join(', ')}`;
  return ok(`granted: ${requested.join(', ')}${more}`);
}
