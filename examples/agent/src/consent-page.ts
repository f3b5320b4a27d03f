import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Provider } from 'oidc-provider';

const page = `<!doctype html><title>Notes</title><form method="post">
<label>Your account <input name="account"></label> <button>Allow</button></form>`;

/** The page on which a user signs in and consents, both at once. */
export async function answerConsentPage(
  request: IncomingMessage,
  response: ServerResponse,
  provider: Provider,
): Promise<void> {
  if (request.method === 'GET') return void response.writeHead(200, { 'content-type': 'text/html' }).end(page);
  const { params } = await provider.interactionDetails(request, response);
  const accountId = new URLSearchParams(await text(request)).get('account') ?? '';
  const grant = new provider.Grant({ accountId, clientId: String(params['client_id']) });
  grant.addOIDCScope(String(params['scope']));
  const consent = { grantId: await grant.save() };
  await provider.interactionFinished(request, response, { login: { accountId }, consent });
}
