import { generateKeyPairSync } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../src/program.ts';
import { configFolder } from './fixtures/config-folder.ts';
import type { ConfigFolder } from './fixtures/config-folder.ts';
import { fakeTerminal } from './fixtures/fake-terminal.ts';
import { listen } from './fixtures/loopback.ts';
import type { LoopbackServer } from './fixtures/loopback.ts';

/** How a server answers: with what it should, or with a failure that quotes all that it was sent. */
type Behaviour = 'works' | 'nonce' | 'quotes JSON' | 'quotes HTML' | 'quotes headers' | 'redirects' | 'resets';

const keyPair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = keyPair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
/** All that must not be shown: what the servers were sent and what they gave out, and the key. */
const secrets = new Set<string>([
  keyPair.privateKey.export({ format: 'jwk' }).d ?? '',
  ...pem.split('\n').slice(1, -2),
]);
const sent = { assertions: 0, proofs: 0, tokens: 0 };
let behaviour: { token: Behaviour; api: Behaviour } = { token: 'works', api: 'works' };

function note(value: string | null | undefined, kind: keyof typeof sent): string {
  if (value === null || value === undefined || value === '') return '';
  sent[kind] += 1;
  for (const part of [value, ...value.split('.').slice(1)]) if (part.length > 20) secrets.add(part); // claims, signature
  return value;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const form = new URLSearchParams(await text(request));
  const isTokenRequest = request.method === 'POST';
  const quotation = [
    note(form.get('client_assertion'), 'assertions'),
    note(String(request.headers['dpop'] ?? ''), 'proofs'),
    note(request.headers.authorization?.split(' ')[1], 'tokens'),
  ].join(' ');
  const how = isTokenRequest ? behaviour.token : behaviour.api;
  const needsNonce = how === 'nonce' && !decodeClaims(request.headers['dpop']).includes('"nonce"');
  if (how === 'works' || (how === 'nonce' && !needsNonce)) return works(isTokenRequest, form, response);
  if (how === 'resets') return void request.socket.destroy();
  const status = isTokenRequest ? 400 : 401;
  const json = { 'content-type': 'application/json', 'dpop-nonce': 'n1' };
  if (how === 'nonce')
    response
      .writeHead(status, { ...json, 'www-authenticate': 'DPoP error="use_dpop_nonce"' })
      .end('{"error":"use_dpop_nonce"}');
  if (how === 'quotes JSON')
    response
      .writeHead(status, json)
      .end(JSON.stringify({ error: 'invalid_client', error_description: quotation, hint: quotation }));
  if (how === 'quotes HTML') response.writeHead(500, { 'content-type': 'text/html' }).end(`<p>${quotation}</p>`);
  if (how === 'quotes headers')
    response
      .writeHead(status, {
        'www-authenticate': `DPoP error="invalid_token", error_description="${quotation}"`,
        'x-debug': quotation,
      })
      .end();
  if (how === 'redirects') response.writeHead(302, { location: `/login?from=${encodeURIComponent(quotation)}` }).end();
}

function works(isTokenRequest: boolean, form: URLSearchParams, response: ServerResponse): void {
  const json = { 'content-type': 'application/json', 'dpop-nonce': 'n1' };
  if (!isTokenRequest) return void response.writeHead(200, json).end('{}');
  const type = form.get('scope') === 'bound' ? 'DPoP' : 'Bearer';
  const token = `at-${crypto.randomUUID()}`;
  note(token, 'tokens');
  response.writeHead(200, json).end(JSON.stringify({ access_token: token, token_type: type, expires_in: 300 }));
}

const decodeClaims = (proof: unknown): string => Buffer.from(String(proof).split('.')[1] ?? '', 'base64url').toString();

let server: LoopbackServer;
let folder: ConfigFolder;
beforeAll(async () => {
  server = await listen();
  server.answerWith((request, response) => void answer(request, response));
  const auth = { type: 'oauth2_client_credentials', tokenUrl: `${server.origin}/token`, clientId: 'billing' };
  const signed = { ...auth, privateKeyRef: 'file:key.pem' };
  const client = (changes: object): object => ({ baseUrl: `${server.origin}/`, auth: { ...signed, ...changes } });
  folder = configFolder(
    { clients: { bound: client({ dpop: true, scopes: ['bound'] }), asserted: client({}) } },
    { 'key.pem': { text: pem } },
  );
});
afterAll(async () => {
  await server.close();
  folder[Symbol.dispose]();
});

const commands = [
  ['call', 'CLIENT', 'v1/orders', '-v', '-i', '--debug'],
  ['call', 'CLIENT', 'v1/orders', '-i', '--har', 'call.har', '--debug'],
  ['auth', 'status', 'CLIENT', '--debug'],
  ['doctor', 'CLIENT', '--debug'],
  ['explain', 'CLIENT', '--debug'],
];
const behaviours: readonly (typeof behaviour)[] = [
  { token: 'works', api: 'works' },
  ...(['nonce', 'quotes JSON', 'quotes HTML', 'quotes headers', 'redirects', 'resets'] as const).flatMap((how) => [
    { token: how, api: 'works' as const },
    { token: 'works' as const, api: how },
  ]),
];

test.each(behaviours)('no assertion, proof, token or key is printed when the token endpoint %o', async (how) => {
  behaviour = how;
  for (const client of ['bound', 'asserted'])
    for (const command of commands) {
      const terminal = fakeTerminal({ cwd: folder.path, tty: ['stderr'], random: () => 0 });

      await run(
        command.map((word) => (word === 'CLIENT' ? client : word)),
        terminal,
      );

      const headers = terminal.out().split('\n\n')[0] ?? ''; // a body is printed as the API sent it
      const har = command.includes('--har') ? readFileSync(join(folder.path, 'call.har'), 'utf8') : '';
      const printed = terminal.err() + headers + har;
      expect(printed.length).toBeGreaterThan(0);
      expect([...secrets].filter((secret) => printed.includes(secret))).toEqual([]);
    }
});

test('assertions, proofs and tokens were sent', () => {
  expect(Object.values(sent).every((count) => count > 20)).toBe(true);
});
