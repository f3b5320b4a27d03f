import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { withUndici } from '@bearings/undici';

const folder = process.env['CERTIFICATE_FOLDER'] ?? '/var/run/tls';
const network = withUndici({ tls: { cert: { file: `${folder}/tls.crt` }, key: { file: `${folder}/tls.key` } } });
const token = await orThrow(
  Token.create({
    issuerUrl: 'https://id.internal',
    clientId: 'billing',
    clientAuthMethod: 'tls_client_auth',
    certificateBoundTokens: true,
    network,
    start: 'lazy',
  }),
);
const orders = createClient({ baseUrl: 'https://orders.internal' }, network, withBearerAuth(token));
console.log(orders.stages.includes('undici'));
