import type { Config, CredentialAuth } from '@bearings/config';
import { failed, ok, skipped } from './check.ts';
import type { Check, Finding } from './check.ts';

/** Secret: it is where the config says, and no one else may read it. */
export function secretCheck(config: Pick<Config, 'readSecret'>, auth: CredentialAuth): Check {
  return { name: 'secret', needs: [], run: () => look(config, auth) };
}

async function look({ readSecret }: Pick<Config, 'readSecret'>, auth: CredentialAuth): Promise<Finding> {
  const reference = secretOf(auth);
  if (reference === undefined) return skipped('not needed: clientAuthMethod is none');
  const isKey = auth.type === 'oauth2_client_credentials' && auth.privateKeyRef !== undefined;
  const secret = await readSecret(reference, isKey ? 'key' : 'secret');
  if (secret.isOk())
    return ok(`${reference} is there${reference.startsWith('file:') ? ', and others may not read it' : ''}`);
  const [problem] = secret.error.problems;
  return failed(`${reference} ${problem?.found ?? 'cannot be read'}`, problem?.expected ?? 'Look at the reference');
}

/** The reference of a credential, if it has any. */
export function secretOf(auth: CredentialAuth): string | undefined {
  switch (auth.type) {
    case 'oauth2_client_credentials':
      return auth.clientSecretRef ?? auth.privateKeyRef;
    case 'bearer':
      return auth.tokenRef;
    case 'basic':
      return auth.passwordRef;
    case 'api_key':
      break;
  }
  return auth.keyRef;
}
