import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { createClient, isBearingsError, orThrow } from '@bearings/client';
import { Token, withBearerAuth } from '@bearings/oauth-bearer';
import { APICallError, generateText, streamText } from 'ai';
import { afterAll, expect, test } from 'vitest';
import { catchFailure, getClosedOrigin, guardedApi, readBody, sendJson } from './guarded-api.ts';

const chunk = (delta: object, finish_reason: string | null = null): string =>
  `data: ${JSON.stringify({ id: '1', created: 1, model: 'wise', choices: [{ index: 0, delta, finish_reason }] })}\n\n`;

const api = await guardedApi(async (incoming, outgoing) => {
  const { stream = false }: { stream?: boolean } = JSON.parse(await readBody(incoming));
  if (stream) {
    outgoing.writeHead(200, { 'content-type': 'text/event-stream' });
    return outgoing.end(
      `${chunk({ role: 'assistant', content: 'good ' })}${chunk({ content: 'day' }, 'stop')}data: [DONE]\n\n`,
    );
  }
  const message = { role: 'assistant', content: 'good day' };
  return sendJson(outgoing, 200, {
    id: '1',
    created: 1,
    model: 'wise',
    choices: [{ index: 0, message, finish_reason: 'stop' }],
  });
});
const token = await orThrow(Token.create(api.issuer.credentials));
// an answer may be long, and silent while the model thinks
const patient = { timeout: false, bodyTimeout: false, maxResponseBytes: Infinity } as const;
const client = createClient({ baseUrl: api.origin, ...patient }, withBearerAuth(token));

const models = (fetch: typeof globalThis.fetch, origin = api.origin) =>
  createOpenAICompatible({ name: 'models', baseURL: `${origin}/v1`, fetch })('wise');
const hello = { prompt: 'hello', maxRetries: 0 } as const;

afterAll(async () => {
  await token.close();
  await api.close();
});

test('a call has the token, and is replayed with its body after a 401', async () => {
  api.issuer.revoke();

  const { text } = await generateText({ ...hello, model: models(client.fetch) });

  expect(text).toBe('good day');
  expect(api.seen()).toEqual(['POST /v1/chat/completions → 401', 'POST /v1/chat/completions → 200']);
});

test('a stream arrives', async () => {
  const words: string[] = [];

  for await (const word of streamText({ ...hello, model: models(client.fetch) }).textStream) words.push(word);

  expect(words).toEqual(['good ', 'day']);
  api.seen();
});

test('a connection that fails is one for the SDK too, which may retry it, and its cause is our error', async () => {
  const closed = await getClosedOrigin();
  const { fetch } = createClient({ baseUrl: closed, ...patient, retry: 0 });

  const ours = await catchFailure(async () => generateText({ ...hello, model: models(fetch, closed) }));
  const theirs = await catchFailure(async () => generateText({ ...hello, model: models(globalThis.fetch, closed) }));

  expect([ours, theirs].map((error) => APICallError.isInstance(error) && error.isRetryable)).toEqual([true, true]);
  expect(isBearingsError((ours as Error).cause, 'TRANSPORT')).toBe(true);
});
