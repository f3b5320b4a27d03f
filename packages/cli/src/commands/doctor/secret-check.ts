import type { Config, CredentialAuth } from '@bearings/config';
import { secretKind, secretReference } from '../../config/secret-reference.ts';
import { usesCertificateMethod } from '../../config/client-certificate.ts';
import { failed, ok, skipped } from './check.ts';
import type { Check, Finding } from './check.ts';

/** The check `secret`: does the secret exist, and may a file be used by its mode? */
export function secretCheck(config: Pick<Config, 'readSecret'>, auth: CredentialAuth): Check {
  return { name: 'secret', dependsOn: [], run: () => checkSecret(config, auth) };
}

async function checkSecret({ readSecret }: Pick<Config, 'readSecret'>, auth: CredentialAuth): Promise<Finding> {
  const reference = secretReference(auth);
  if (reference === undefined && 'clientAssertion' in auth && auth.clientAssertion !== undefined)
    return skipped('not needed: a platform signs assertions for the client');
  if (reference === undefined && usesCertificateMethod(auth))
    return skipped('not needed: the client authenticates by the certificate of network');
  if (reference === undefined) return skipped('not needed: the client is public');
  const secret = await readSecret(reference, secretKind(auth));
  if (secret.isOk()) return ok(`${reference} exists`);
  const [problem] = secret.error.problems;
  return failed(`${reference} ${problem?.found ?? 'cannot be read'}`, problem?.expected ?? 'Check the reference');
}
