import { createClient, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { APIUserAbortError, InternalServerError, NotFoundError, OpenAI } from 'openai';
import { afterAll, expect, test } from 'vitest';
import { readBody, catchFailure, guardedApi, sendJson } from './guarded-api.ts';

interface Asked {
  readonly model: string;
  readonly stream?: boolean;
  readonly messages: readonly [{ readonly content: string }];
}

const toChunk = (content: string): string => `data: ${JSON.stringify({ choices: [{ delta: { content } }] })}\n\n`;
/** Resolved to send the second word. */
let sendNext = Promise.withResolvers<void>();

const api = await guardedApi(async (incoming, outgoing) => {
  if (incoming.url === '/v1/models/slow') return;
  const { model, stream = false, messages }: Asked = JSON.parse(await readBody(incoming));
  if (model === 'missing') return sendJson(outgoing, 404, { error: { message: 'No such model' } });
  if (model === 'broken') return sendJson(outgoing, 500, { error: { message: 'Out of order' } });
  const [{ content }] = messages;
  if (!stream) return sendJson(outgoing, 200, { choices: [{ message: { content: `You said ${content}` } }] });
  outgoing.writeHead(200, { 'content-type': 'text/event-stream' }).write(toChunk('You'));
  await sendNext.promise;
  outgoing.end(`${toChunk('said')}${toChunk(content)}data: [DONE]\n\n`);
});
const token = await orThrow(Token.create(api.issuer.credentials));
// an answer may be long, and silent while the model thinks
const patient = { timeout: false, bodyTimeout: false, maxResponseBytes: Infinity } as const;
const client = createClient({ baseUrl: api.origin, ...patient }, withBearerAuth(token));
// the token takes the place of the key
const ai = new OpenAI({ baseURL: `${api.origin}/v1`, apiKey: 'none', maxRetries: 0, fetch: client.fetch });

afterAll(async () => {
  await token.close();
  await api.close();
});

const hello = (model = 'wise') => ({ model, messages: [{ role: 'user' as const, content: 'hello' }] });

test('a call has the token', async () => {
  const answer = await ai.chat.completions.create(hello());

  expect(answer.choices[0]?.message.content).toBe('You said hello');
  expect(api.seen()).toEqual(['POST /v1/chat/completions → 200']);
});

test('after a 401 a call is replayed with its body', async () => {
  api.issuer.revoke();

  const answer = await ai.chat.completions.create(hello());

  expect(answer.choices[0]?.message.content).toBe('You said hello');
  expect(api.seen()).toEqual(['POST /v1/chat/completions → 401', 'POST /v1/chat/completions → 200']);
});

test.each([
  ['missing', 404, NotFoundError],
  ['broken', 500, InternalServerError],
])('a %s model gives the same error as with the global fetch', async (model, status, kind) => {
  const plain = new OpenAI({ baseURL: `${api.openOrigin}/v1`, apiKey: 'none', maxRetries: 0 });

  const ours = await catchFailure(async () => ai.chat.completions.create(hello(model)));
  const theirs = await catchFailure(async () => plain.chat.completions.create(hello(model)));

  expect(ours).toBeInstanceOf(kind);
  expect(ours).toMatchObject({ status });
  expect(String(ours)).toBe(String(theirs));
});

test('words arrive one by one during the response', async () => {
  sendNext = Promise.withResolvers();
  const words: unknown[] = [];

  for await (const { choices } of await ai.chat.completions.create({ ...hello(), stream: true })) {
    words.push(choices[0]?.delta.content);
    sendNext.resolve(); // it says no more before the first word is here
  }

  expect(words).toEqual(['You', 'said', 'hello']);
});

test('an abort ends the call and closes the connection', async () => {
  const caller = new AbortController();
  const { arrived, disconnected: brokenOff } = api.watch('/v1/models/slow');

  const call = ai.models.retrieve('slow', { signal: caller.signal });
  await arrived;
  caller.abort();

  await expect(call).rejects.toBeInstanceOf(APIUserAbortError);
  await brokenOff;
});

test('leaving a stream early closes the connection', async () => {
  sendNext = Promise.withResolvers();
  const { disconnected: brokenOff } = api.watch('/v1/chat/completions');

  const stream = await ai.chat.completions.create({ ...hello(), stream: true });
  for await (const chunk of stream) {
    expect(chunk.choices[0]?.delta.content).toBe('You');
    break;
  }

  await brokenOff;
  sendNext.resolve();
});
