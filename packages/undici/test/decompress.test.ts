import { CancelScope } from '../../client/src/core/cancel-scope.ts';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { decompress } from '../src/decompress.ts';
import { Exchange } from '../src/exchange.ts';

test('an abort fails the next read of a compressed body, also of a part that is decompressed already', async () => {
  const scope = new CancelScope();
  const exchange = new Exchange({ scope, toError: (cause) => cause, onEnd: () => {} });
  const state = { aborted: false, paused: false, reason: null, rawHeaders: null, rawTrailers: null };
  const controller = { ...state, abort() {}, pause() {}, resume() {} };
  const headers = { 'content-encoding': 'gzip' };
  exchange.onRequestStart(controller);
  exchange.onResponseStart(controller, 200, headers);
  exchange.onResponseData(controller, gzipSync(Buffer.alloc(1_000_000)));
  exchange.onResponseEnd();
  const body = decompress(exchange, headers);

  expect(await body.read()).toMatchObject({ done: false });
  scope.cancel(new Error('stopped'));

  await expect(body.read()).rejects.toThrow('stopped');
});
