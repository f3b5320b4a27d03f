import type { ClientConfig } from '@bearings/config';
import { Document, isMap, isScalar } from 'yaml';
import type { YAMLMap } from 'yaml';

/** A config as a person would write it, with comments. */
export function configText(clients: ReadonlyMap<string, ClientConfig>): string {
  const document = new Document({ clients: Object.fromEntries(clients) });
  document.commentBefore = heading;
  for (const name of clients.keys()) comment(document.getIn(['clients', name, 'auth']));
  return document.toString({ lineWidth: 100, flowCollectionPadding: false });
}

const heading = [
  ' The clients of a service, for @bearings/config and the command bearings.',
  ' Secrets are named here and kept elsewhere: env:NAME, or file:/path.',
  ' bearings doctor says what is wrong; bearings explain NAME shows what else can be set.',
].join('\n');

/** What is not plain from a field's name, beside it. */
const comments: ReadonlyMap<string, string> = new Map([
  ['issuerUrl', ' its token endpoint is discovered'],
  ['clientSecretRef', ' read for each token request, so it may change'],
  ['privateKeyRef', ' PEM or JWK'],
  ['tokenRef', ' read anew after a 401'],
  ['passwordRef', ' read anew after a 401'],
  ['keyRef', ' read anew after a 401'],
  ['scopes', ' what the token is asked to allow'],
]);

function comment(auth: unknown): void {
  if (!isMap(auth)) return;
  for (const { key, value } of fieldsOf(auth)) {
    const said = comments.get(String(isScalar(key) ? key.value : key));
    if (said === undefined) continue;
    if (isScalar(value)) value.comment = said;
    else if (isScalar(key)) key.commentBefore = said;
  }
}

const fieldsOf = ({ items }: YAMLMap): YAMLMap['items'] => items;
