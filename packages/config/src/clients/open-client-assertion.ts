import type { ClientAssertion } from '@bearings/oauth-bearer';
import type { ClientAssertionFields } from '../schema/client-assertion-schema.ts';
import { mayBeReadable } from '../secrets/file-permission.ts';
import { omitUndefined } from './omit-undefined.ts';
import type { SecretAccess } from './secret-access.ts';

/**
 * Makes the source of a client's assertions.
 *
 * @throws TokenConfigError when a variable of the platform is not set
 */
export async function openClientAssertion(
  config: SecretAccess,
  { platform, file = '', type, ...options }: ClientAssertionFields,
): Promise<ClientAssertion> {
  if (platform === undefined)
    return { file, type, readableByOthers: await mayBeReadable(file, config.secretFiles ?? {}) };
  const identity = await import('@bearings/workload-identity'); // a config without a platform does not load it
  switch (platform) {
    case 'kubernetes':
      return identity.kubernetesToken({ file });
    case 'spiffe':
      return identity.spiffeToken({ file });
    case 'github-actions': {
      const env = await readVariables(config, 'ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN');
      return identity.githubActionsToken({ env, ...omitUndefined({ audience: options.audience }) });
    }
    case 'azure':
      return identity.azureFederatedToken({ env: await readVariables(config, 'AZURE_FEDERATED_TOKEN_FILE') });
    case 'azure-managed-identity': {
      const { resource, clientId, endpoint } = options;
      const env = await readVariables(config, 'IDENTITY_ENDPOINT', 'IDENTITY_HEADER');
      return identity.azureManagedIdentityToken({ env, ...omitUndefined({ resource, clientId, endpoint }) });
    }
    case 'google': {
      const { audience, account, endpoint } = options;
      return identity.googleIdentityToken(omitUndefined({ audience, account, endpoint }));
    }
    case 'aws':
  }
  return identity.awsWebIdentityToken({ env: await readVariables(config, 'AWS_WEB_IDENTITY_TOKEN_FILE') });
}

/** The variables that are set, of the environment that the config was read with. */
async function readVariables(
  { readSecret }: SecretAccess,
  ...names: readonly string[]
): Promise<Readonly<Record<string, string>>> {
  const found: [string, string][] = [];
  for (const name of names) {
    const value = await readSecret(`env:${name}`);
    if (value.isOk()) found.push([name, value.value.expose()]);
  }
  return Object.fromEntries(found);
}
