import { createPrivateKey } from 'node:crypto';
import { createClient, isBearingsError, systemClock } from '@bearings/client';
import type { Clock } from '@bearings/client';
import { Err, Ok, TokenHttpError, TokenUnavailableError } from '@bearings/oauth-bearer';
import type { TokenSource } from '@bearings/oauth-bearer';
import { SignJWT } from 'jose';

export interface GitHubApp {
  readonly appId: string;
  readonly installationId: number;
  /** PEM, as GitHub gives it out. */
  readonly privateKey: string;
  readonly apiUrl?: string;
  readonly clock?: Clock;
}

/** What a refusal means: the key or a permission is wrong, or the app was uninstalled and no request brings it back. */
const kinds = new Map([401, 403, 404].map((status) => [status, status === 404 ? 'terminal' : 'permanent'] as const));

/** Issues the installation tokens of a GitHub App: it signs a JWT with the app's key and exchanges it for a token. */
export function githubAppToken(app: GitHubApp): TokenSource {
  const { appId, installationId, apiUrl = 'https://api.github.com/', clock = systemClock } = app;
  const key = createPrivateKey(app.privateKey);
  const github = createClient({ baseUrl: apiUrl, clock });
  const endpoint = `app/installations/${installationId}/access_tokens`;

  return {
    name: new URL(apiUrl).origin,
    async acquire({ signal, isProbe }) {
      const nowS = Math.floor(clock.now() / 1_000);
      const jwt = new SignJWT().setProtectedHeader({ alg: 'RS256' }).setIssuer(appId);
      const signed = await jwt
        .setIssuedAt(nowS - 60)
        .setExpirationTime(nowS + 540)
        .sign(key); // 10 minutes at most
      const headers = { authorization: `Bearer ${signed}` };
      try {
        const response = github.post(endpoint, { headers, signal, ...(isProbe && { retry: 0 }) });
        const { token, expires_at: expiresAt } = await response.json<{ token: string; expires_at: string }>();
        return Ok({ value: token, lifetimeMs: Date.parse(expiresAt) - clock.now() });
      } catch (cause) {
        if (!isBearingsError(cause, 'HTTP_STATUS'))
          return Err(new TokenUnavailableError(`${apiUrl} gave no installation token`));
        const { status } = cause.response;
        const kind = kinds.get(status); // any other status may pass
        return Err(new TokenHttpError({ endpoint: `${apiUrl}${endpoint}`, status }, { kind }));
      }
    },
  };
}
