import type { DiscoveryError, ServerMetadata } from '@bearings/oidc-discovery';
import type { Result } from 'ts-results';
import { failed, ok, skipped } from './check.ts';
import type { Check, Finding } from './check.ts';

/** What discovery came to; `undefined` when there is nothing to discover. */
export type Discovery = Result<ServerMetadata, DiscoveryError> | undefined;

/** Discovery: the issuer's document is there, is usable, and is the issuer's own. */
export function discoveryCheck(reach: readonly Check[], ask: () => Promise<Discovery>): Check {
  return { name: 'discovery', needs: reach, run: async () => judged(await ask()) };
}

function judged(discovery: Discovery): Finding {
  if (discovery === undefined) return skipped('not needed: tokenUrl says where tokens come from');
  if (discovery.isOk()) return ok(`tokens come from ${discovery.value.token_endpoint}`);
  const { error } = discovery;
  return failed(error.message, remedyFor(error));
}

function remedyFor(error: DiscoveryError): string {
  switch (error.code) {
    case 'HTTP':
      if (error.status !== 404) return 'Ask those who run the server what is wrong with it';
      return 'Correct issuerUrl (Keycloak: https://HOST/realms/NAME), or say tokenUrl instead when there is no discovery';
    case 'ISSUER_MISMATCH':
      return 'Write issuerUrl as the server does, to the last slash; or correct the name that the server has for itself';
    case 'INVALID_RESPONSE':
      return 'Correct issuerUrl: something else answers there, such as a login page or a proxy';
    case 'CONFIG':
      return 'Correct issuerUrl';
    case 'UNAVAILABLE':
      break;
  }
  return 'Try again; if it stays so, ask those who run the server';
}
