import type { DiscoveryError, ServerMetadata } from '@bearings/oidc-discovery';
import type { Result } from 'ts-results';
import { failed, ok, skipped } from './check.ts';
import type { Check, Finding } from './check.ts';

/** The result of discovery; `undefined` when the config has no issuerUrl. */
export type Discovery = Result<ServerMetadata, DiscoveryError> | undefined;

/** The check `discovery`: does the issuer's metadata exist, is it valid, and does it name the issuer? */
export function discoveryCheck(dependsOn: readonly Check[], discover: () => Promise<Discovery>): Check {
  return { name: 'discovery', dependsOn, run: async () => toFinding(await discover()) };
}

function toFinding(discovery: Discovery): Finding {
  if (discovery === undefined) return skipped('not needed: the config has tokenUrl');
  if (discovery.isOk()) return ok(`the token endpoint is ${discovery.value.token_endpoint}`);
  const { error } = discovery;
  return failed(error.message, discoveryRemedy(error));
}

function discoveryRemedy(error: DiscoveryError): string {
  switch (error.code) {
    case 'DISCOVERY_HTTP':
      if (error.status !== 404) return 'Ask the operator of the authorization server';
      return 'Correct issuerUrl (Keycloak: https://HOST/realms/NAME), or set tokenUrl if the server has no metadata';
    case 'ISSUER_MISMATCH':
      return 'Write issuerUrl exactly as the server does, including a final slash; or correct the issuer in the server';
    case 'INVALID_METADATA':
      return 'Correct issuerUrl: another server answers there, such as a login page or a proxy';
    case 'DISCOVERY_CONFIG':
      return 'Correct issuerUrl';
    case 'DISCOVERY_UNAVAILABLE':
      break;
  }
  return 'Try again; if it fails again, ask the operator of the authorization server';
}
