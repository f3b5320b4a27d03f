import type { Environment } from './environment.ts';
import { askMetadata, readMember, unavailable } from './metadata.ts';
import type { MetadataRequest } from './metadata.ts';

/** Which managed identity, and for what. */
export interface AzureManagedIdentityOptions {
  /** What the token is for. Default: `api://AzureADTokenExchange`, as federated credentials of Entra expect. */
  readonly resource?: string;
  /** The client id of a user-assigned identity. Default: the system-assigned one. */
  readonly clientId?: string;
  /** For App Service, Functions and Container Apps: the environment, which has IDENTITY_ENDPOINT. Default: a virtual machine. */
  readonly env?: Environment;
  /** Where the metadata service of a virtual machine is. Default: `http://169.254.169.254`. */
  readonly endpoint?: string;
}

const name = 'the identity service of Azure';

/** The token of a managed identity of Azure, as an assertion for a federated credential. */
export function azureManagedIdentityToken(options: AzureManagedIdentityOptions = {}): () => Promise<string> {
  return async () => {
    const { text } = await askMetadata(toRequest(options));
    const token = readMember(text, 'access_token');
    if (token === undefined) throw unavailable(name, 'answered without a token');
    return token;
  };
}

function toRequest(options: AzureManagedIdentityOptions): MetadataRequest {
  const { resource = 'api://AzureADTokenExchange', clientId, env = {} } = options;
  const { endpoint = 'http://169.254.169.254' } = options;
  const { IDENTITY_ENDPOINT: service, IDENTITY_HEADER: secret } = env;
  const isService = service !== undefined && secret !== undefined;
  const url = new URL(isService ? service : `${endpoint}/metadata/identity/oauth2/token`);
  url.searchParams.set('api-version', isService ? '2019-08-01' : '2018-02-01');
  url.searchParams.set('resource', resource);
  if (clientId !== undefined) url.searchParams.set('client_id', clientId);
  return { url, headers: isService ? { 'x-identity-header': secret } : { metadata: 'true' }, name };
}
