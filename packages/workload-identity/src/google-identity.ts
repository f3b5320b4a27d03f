import type { AssertionRequest } from '@bearings/oauth-bearer';
import { askMetadata, unavailable } from './metadata.ts';

/** Which service account, and for what. */
export interface GoogleIdentityOptions {
  /** The audience of the token. Default: that of the client's assertions, the issuer. */
  readonly audience?: string;
  /** The e-mail address of the service account. Default: `default`, that of the machine. */
  readonly account?: string;
  /** Where the metadata service is. Default: `http://metadata.google.internal`. */
  readonly endpoint?: string;
}

const name = 'the metadata service of Google';
const flavor = 'Google';

/** The identity token of a workload on Google Cloud, from its metadata service. */
export function googleIdentityToken(
  options: GoogleIdentityOptions = {},
): (request: AssertionRequest) => Promise<string> {
  const { audience, account = 'default', endpoint = 'http://metadata.google.internal' } = options;
  return async (request) => {
    const path = `/computeMetadata/v1/instance/service-accounts/${encodeURIComponent(account)}/identity`;
    const url = new URL(path, endpoint);
    url.searchParams.set('audience', audience ?? request.audience);
    url.searchParams.set('format', 'full');
    const answer = await askMetadata({ url, headers: { 'metadata-flavor': flavor }, name });
    // another server that answers at this address, such as that of a network with a captive portal, does not send it
    if (answer.headers['metadata-flavor'] !== flavor) throw unavailable(name, 'is not there: another server answered');
    return answer.text;
  };
}
