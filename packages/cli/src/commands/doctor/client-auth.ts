import type { OAuth2Auth } from '@bearings/config';
import { failed, ok, skipped, warning } from './check.ts';
import type { Check, Finding } from './check.ts';
import type { Discovery } from './discovery.ts';

/** Client auth: the server takes the way in which the client proves who it is. */
export function clientAuthCheck(auth: OAuth2Auth, discovery: Check, ask: () => Promise<Discovery>): Check {
  return { name: 'client auth', needs: [discovery], run: async () => judged(auth, await ask()) };
}

function judged(auth: OAuth2Auth, discovery: Discovery): Finding {
  const mine = methodsOf(auth);
  const said = mine.join(' or ');
  if (discovery === undefined || discovery.isErr()) return skipped('not checked: only discovery tells what is taken');
  const taken = discovery.value.token_endpoint_auth_methods_supported;
  if (taken === undefined && mine.includes('client_secret_basic')) {
    return ok('client_secret_basic, which is what a server takes that lists nothing (RFC 8414 §2)');
  }
  if (taken === undefined) {
    return warning(`${said}, and the server does not list what it takes`, 'See below whether a token was acquired');
  }
  const method = mine.find((each) => taken.includes(each));
  if (method !== undefined) return ok(`${method}, which the server takes`);
  return failed(
    `${said} is not taken: the server takes ${taken.join(', ') || 'nothing'}`,
    'Set clientAuthMethod to one of these, with the secret or key that it needs',
  );
}

/** As the token chooses: what is said, else by key or secret. */
function methodsOf({ clientAuthMethod, privateKeyRef }: OAuth2Auth): readonly string[] {
  if (clientAuthMethod !== undefined) return [clientAuthMethod];
  return privateKeyRef === undefined ? ['client_secret_basic', 'client_secret_post'] : ['private_key_jwt'];
}
