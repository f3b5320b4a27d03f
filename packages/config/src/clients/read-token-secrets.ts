import { orThrow } from '@bearings/client';
import type { PrivateKey } from '@bearings/oauth-bearer';
import type { OAuth2Auth } from '../schema/oauth2-fields.ts';
import { toGrantConfig } from '../schema/token-config.ts';
import type { TokenSecrets } from '../schema/token-config.ts';
import { referencedFile } from '../secrets/secret-reference.ts';
import { openClientAssertion } from './open-client-assertion.ts';
import { readDpop } from './read-dpop.ts';
import type { SecretAccess } from './secret-access.ts';

/**
 * What the references of an `auth` stand for. A secret, a token and a key file are read for each token request; a key in a
 * variable and that of `dpop` once.
 *
 * @throws InvalidConfigError | TokenConfigError when a key, or a variable of the platform, cannot be read
 */
export async function readTokenSecrets(config: SecretAccess, auth: OAuth2Auth): Promise<TokenSecrets> {
  const { clientSecretRef, privateKeyRef, clientAssertion, grant } = auth;
  const readToken = (reference: string) => async (): Promise<string> =>
    (await orThrow(config.readSecret(reference))).expose();
  const grantKey = grant?.type === 'jwt_bearer' ? grant.privateKeyRef : undefined;
  return {
    ...(clientSecretRef !== undefined && { clientSecret: () => orThrow(config.readSecret(clientSecretRef)) }),
    ...(privateKeyRef !== undefined && { privateKey: await readKey(config, privateKeyRef) }),
    ...(clientAssertion !== undefined && { clientAssertion: await openClientAssertion(config, clientAssertion) }),
    grant:
      grant &&
      toGrantConfig(grant, {
        readToken,
        privateKey: grantKey === undefined ? undefined : await readKey(config, grantKey),
      }),
    dpop: await readDpop(config, auth),
  };
}

async function readKey({ readSecret }: SecretAccess, reference: string): Promise<PrivateKey> {
  const key = await orThrow(readSecret(reference, 'key'));
  const file = referencedFile(reference);
  return file === undefined ? key.expose() : { file };
}
