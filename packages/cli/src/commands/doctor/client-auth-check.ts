import type { OAuth2Auth } from '@bearings/config';
import { failed, ok, skipped, warning } from './check.ts';
import type { Check, Finding } from './check.ts';
import type { Discovery } from './discovery-check.ts';
import { readNames } from './request-facts.ts';

/** The check `client auth`: does the server support the client's authentication method? */
export function clientAuthCheck(auth: OAuth2Auth, discovery: Check, discover: () => Promise<Discovery>): Check {
  return { name: 'client auth', dependsOn: [discovery], run: async () => toFinding(auth, await discover()) };
}

function toFinding(auth: OAuth2Auth, discovery: Discovery): Finding {
  const methods = clientAuthMethods(auth);
  const names = methods.join(' or ');
  if (discovery === undefined || discovery.isErr())
    return skipped('not checked: without discovery the supported methods are not known');
  const supported = discovery.value.token_endpoint_auth_methods_supported;
  if (supported === undefined && methods.includes('client_secret_basic')) {
    return ok('client_secret_basic, the default when a server lists no methods (RFC 8414 §2)');
  }
  if (supported === undefined) {
    return warning(
      `${names}; the server does not list the methods that it supports`,
      'The check token shows whether it works',
    );
  }
  const method = methods.find((each) => supported.includes(each));
  const grants = readNames(discovery.value, 'grant_types_supported');
  const grant = grantTypes[auth.grant?.type ?? 'client_credentials'];
  if (method !== undefined && grants?.includes(grant) === false)
    return warning(
      `${method} is supported; the server does not list the grant ${grant}, but ${grants.join(', ') || 'none'}`,
      'Correct issuerUrl, or allow the grant in the server, if the check token fails',
    );
  if (method !== undefined) return ok(`${method}, supported by the server`);
  return failed(
    `${names} is not supported; the server supports ${supported.join(', ') || 'no method'}`,
    'Set clientAuthMethod to a supported method, with the secret or key that it needs',
  );
}

/** Their names in requests and metadata. */
const grantTypes: Readonly<Record<NonNullable<OAuth2Auth['grant']>['type'], string>> = {
  client_credentials: 'client_credentials',
  token_exchange: 'urn:ietf:params:oauth:grant-type:token-exchange',
  jwt_bearer: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
};

/** The methods that the token may use: the configured one, otherwise by secret or key. */
function clientAuthMethods({ clientAuthMethod, privateKeyRef, clientAssertion }: OAuth2Auth): readonly string[] {
  if (clientAuthMethod !== undefined) return [clientAuthMethod];
  return (privateKeyRef ?? clientAssertion) === undefined
    ? ['client_secret_basic', 'client_secret_post']
    : ['private_key_jwt'];
}
