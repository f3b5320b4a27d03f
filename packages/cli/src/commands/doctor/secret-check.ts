import type { Config, CredentialAuth } from '@bearings/config';
import { secretReference } from '../../config/secret-reference.ts';
import { failed, ok, skipped } from './check.ts';
import type { Check, Finding } from './check.ts';

/** The check `secret`: does the secret exist, and is a file readable only by its owner? */
export function secretCheck(config: Pick<Config, 'readSecret'>, auth: CredentialAuth): Check {
  return { name: 'secret', dependsOn: [], run: () => checkSecret(config, auth) };
}

async function checkSecret({ readSecret }: Pick<Config, 'readSecret'>, auth: CredentialAuth): Promise<Finding> {
  const reference = secretReference(auth);
  if (reference === undefined) return skipped('not needed: the client is public');
  const isKey = auth.type === 'oauth2_client_credentials' && auth.privateKeyRef !== undefined;
  const secret = await readSecret(reference, isKey ? 'key' : 'secret');
  if (secret.isOk())
    return ok(`${reference} exists${reference.startsWith('file:') ? ', and only its owner can read it' : ''}`);
  const [problem] = secret.error.problems;
  return failed(`${reference} ${problem?.found ?? 'cannot be read'}`, problem?.expected ?? 'Check the reference');
}
