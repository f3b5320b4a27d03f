import { APIUserAbortError, Anthropic, NotFoundError } from '@anthropic-ai/sdk';
import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { afterAll, expect, test } from 'vitest';
import { readBody, catchFailure, guardedApi, sendJson } from './guarded-api.ts';

interface Asked {
  readonly model: string;
  readonly stream?: boolean;
  readonly messages: readonly [{ readonly content: string }];
}

/** Resolved to send the second word. */
const sendNext = Promise.withResolvers<void>();
const toEvent = (text: string): string => {
  const event = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } };
  return `event: content_block_delta\ndata: ${JSON.stringify(event)}\n\n`;
};

const api = await guardedApi(async (incoming, outgoing) => {
  if (incoming.url === '/v1/models/slow') return;
  const { model, stream = false, messages }: Asked = JSON.parse(await readBody(incoming));
  if (model === 'missing') return sendJson(outgoing, 404, { type: 'error', error: { type: 'not_found_error' } });
  const [{ content }] = messages;
  if (!stream) return sendJson(outgoing, 200, { content: [{ type: 'text', text: `You said ${content}` }] });
  outgoing.writeHead(200, { 'content-type': 'text/event-stream' }).write(toEvent('You'));
  await sendNext.promise;
  outgoing.end(`${toEvent('said')}${toEvent(content)}`);
});
const token = await orThrow(Token.create(api.issuer.credentials));
// an answer may be long, and silent while the model thinks
const patient = { timeout: false, bodyTimeout: false, maxResponseBytes: Infinity } as const;
const client = createClient({ baseUrl: api.origin, ...patient }, withBearerAuth(token));
// the token takes the place of the key
const ai = new Anthropic({ baseURL: api.origin, apiKey: 'none', maxRetries: 0, fetch: client.fetch });

afterAll(async () => {
  await token.close();
  await api.close();
});

const hello = (model = 'wise') => ({ model, max_tokens: 10, messages: [{ role: 'user' as const, content: 'hello' }] });

test('a call has the token', async () => {
  expect((await ai.messages.create(hello())).content).toEqual([{ type: 'text', text: 'You said hello' }]);
  expect(api.seen()).toEqual(['POST /v1/messages → 200']);
});

test('after a 401 a call is replayed with its body', async () => {
  api.issuer.revoke();

  expect((await ai.messages.create(hello())).content).toEqual([{ type: 'text', text: 'You said hello' }]);
  expect(api.seen()).toEqual(['POST /v1/messages → 401', 'POST /v1/messages → 200']);
});

test('a missing model gives the same error as with the global fetch', async () => {
  const plain = new Anthropic({ baseURL: api.openOrigin, apiKey: 'none', maxRetries: 0 });

  const ours = await catchFailure(async () => ai.messages.create(hello('missing')));
  const theirs = await catchFailure(async () => plain.messages.create(hello('missing')));

  expect(ours).toBeInstanceOf(NotFoundError);
  expect(String(ours)).toBe(String(theirs));
});

test('words arrive one by one during the response', async () => {
  const words: unknown[] = [];

  for await (const event of await ai.messages.create({ ...hello(), stream: true })) {
    if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') words.push(event.delta.text);
    sendNext.resolve(); // it says no more before the first word is here
  }

  expect(words).toEqual(['You', 'said', 'hello']);
});

test('an abort ends the call and closes the connection', async () => {
  const caller = new AbortController();
  const { arrived, disconnected } = api.watch('/v1/models/slow');

  const call = ai.models.retrieve('slow', {}, { signal: caller.signal });
  await arrived;
  caller.abort();

  await expect(call).rejects.toBeInstanceOf(APIUserAbortError);
  await disconnected;
});
