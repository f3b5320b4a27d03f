import { ok, failed } from './check.ts';
import type { Check, Finding } from './check.ts';
import { compareScopes } from '../../output/scope-difference.ts';

/** The check `scopes`: were all requested scopes granted? */
export function scopesCheck(requested: readonly string[], token: Check, granted: () => readonly string[]): Check {
  return { name: 'scopes', dependsOn: [token], run: async () => toFinding(requested, granted()) };
}

function toFinding(requested: readonly string[], granted: readonly string[]): Finding {
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
