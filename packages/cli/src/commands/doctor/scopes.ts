import { ok, failed } from './check.ts';
import type { Check, Finding } from './check.ts';
import { compareScopes } from '../../output/scope-difference.ts';

/** Scopes: what was asked for was granted. */
export function scopesCheck(requested: readonly string[], token: Check, granted: () => readonly string[]): Check {
  return { name: 'scopes', needs: [token], run: async () => judged(requested, granted()) };
}

function judged(requested: readonly string[], granted: readonly string[]): Finding {
  const { missing, extra } = compareScopes(requested, granted);
  if (missing.length > 0) {
    return failed(
      `${missing.join(', ')} was asked for and not granted; granted: ${granted.join(', ') || 'none'}`,
      'Have the client allowed them at the issuer, or take them out of scopes',
    );
  }
  if (requested.length === 0) return ok(`none asked for; granted: ${granted.join(', ') || 'none'}`);
  const more = extra.length === 0 ? '' : `; and more than was asked for: ${extra.join(', ')}`;
  return ok(`${requested.join(', ')}: granted${more}`);
}
