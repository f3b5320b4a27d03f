import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { onTestFinished } from 'vitest';

/** A platform that signs tokens for workloads and users. */
export const platformKey = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const platformJwk = { ...platformKey.publicKey.export({ format: 'jwk' }), kid: 'platform', alg: 'ES256' };

interface Claims {
  readonly sub: string;
  readonly iss?: string;
  readonly aud?: string;
  /** Seconds since the epoch. */
  readonly exp?: number;
  readonly jti?: string;
}

/** A JWT of the platform. By default it is valid for an hour from now. */
export function signToken({
  iss = 'https://platform.test',
  aud = 'app',
  exp,
  jti,
  ...claims
}: Claims): Promise<string> {
  const jwt = new SignJWT({ ...claims, jti: jti ?? crypto.randomUUID() })
    .setProtectedHeader({ alg: 'ES256', kid: 'platform' })
    .setIssuer(iss)
    .setAudience(aud)
    .setExpirationTime(exp ?? Math.floor(Date.now() / 1_000) + 3_600);
  return jwt.sign(platformKey.privateKey);
}

/** A folder that is there until the test ends. */
function tempFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'bearings-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A token file that is replaced as Kubernetes does it: the file is a link into a folder, which is a link that is swapped. */
export function projectedFile(content: string): { readonly file: string; readonly replace: (next: string) => void } {
  const folder = tempFolder();
  let count = 0;
  const replace = (next: string): void => {
    count += 1;
    const data = join(folder, `..data-${count}`);
    writeFileSync(data, next, { mode: 0o600 });
    symlinkSync(data, join(folder, '..data-tmp'));
    renameSync(join(folder, '..data-tmp'), join(folder, 'token'));
  };
  replace(content);
  return { file: join(folder, 'token'), replace };
}
