import type { DiscoveryError, IssuerMismatchError, ServerMetadata } from '@bearings/oidc-discovery';
import type { Result } from 'ts-results';
import { connectionRemedy } from '../../output/connection-remedies.ts';
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
      return statusRemedy(error);
    case 'ISSUER_MISMATCH':
      return mismatchRemedy(error);
    case 'INVALID_METADATA':
      return 'Correct issuerUrl: another server answers there, such as a login page or a proxy';
    case 'DISCOVERY_CONFIG':
      return 'Correct issuerUrl';
    case 'DISCOVERY_UNAVAILABLE':
      break;
  }
  return connectionRemedy(error) ?? 'Try again; if it fails again, ask the operator of the authorization server';
}

function mismatchRemedy({ expected, found, url }: Pick<IssuerMismatchError, 'expected' | 'found' | 'url'>): string {
  const withoutSlash = (issuer: string): string => issuer.replace(/\/$/, '');
  if (withoutSlash(expected) === withoutSlash(found))
    return `Set issuerUrl: ${found}, ${found.endsWith('/') ? 'with' : 'without'} the final slash, as the server writes it`;
  return `If ${found} is this server's public name, set issuerUrl: ${found} and metadataUrl: ${url}. Else correct issuerUrl: another server answers there`;
}

/** The status that is most specific: the second location is often missing where the first one is refused. */
function statusRemedy({ status, message }: DiscoveryError & { readonly status: number }): string {
  const answered = [...message.matchAll(/answered (\d{3})/g)].map(([, text]) => Number(text));
  const shown = answered.find((each) => each !== 404) ?? status;
  if (shown >= 300 && shown <= 399)
    return 'Write issuerUrl as the server has it now: it redirects, such as from http to https, or to another host';
  if (shown === 401 || shown === 403)
    return 'Set metadataUrl or tokenUrl: the metadata is not public here, or a gateway keeps this machine out';
  if (shown >= 500 || shown === 429)
    return 'Try again; if it fails again, ask the operator of the authorization server';
  return 'Correct issuerUrl, or metadataUrl where it is set (Keycloak: https://HOST/realms/NAME), or set tokenUrl if the server has no metadata';
}
