import type { ClientConfig } from '@bearings/config';
import { Document, isMap, isScalar } from 'yaml';

/** The text of a config file, with comments. */
export function configText(clients: ReadonlyMap<string, ClientConfig>): string {
  const document = new Document({ clients: Object.fromEntries(clients) });
  document.commentBefore = heading;
  for (const name of clients.keys()) addComments(document.getIn(['clients', name, 'auth']));
  return document.toString({ lineWidth: 100, flowCollectionPadding: false });
}

const heading = [
  ' The clients of a service, for @bearings/config and the command bearings.',
  ' This file holds no secrets, only references to them: env:NAME or file:/path.',
  ' bearings doctor finds what is wrong; bearings explain NAME shows the other settings.',
].join('\n');

/** Comments for fields whose names do not explain themselves. */
const comments: ReadonlyMap<string, string> = new Map([
  ['issuerUrl', ' the token endpoint is discovered'],
  ['clientSecretRef', ' read for each token request, so it can be rotated'],
  ['privateKeyRef', ' PEM or JWK'],
  ['tokenRef', ' read again after a 401'],
  ['passwordRef', ' read again after a 401'],
  ['keyRef', ' read again after a 401'],
  ['scopes', ' what the token allows'],
]);

function addComments(auth: unknown): void {
  if (!isMap(auth)) return;
  for (const { key, value } of auth.items) {
    const text = comments.get(String(isScalar(key) ? key.value : key));
    if (text === undefined) continue;
    if (isScalar(value)) value.comment = text;
    else if (isScalar(key)) key.commentBefore = text;
  }
}
