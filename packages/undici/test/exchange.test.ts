import { CancelScope } from '../../client/src/core/cancel-scope.ts';
import { expect, test } from 'vitest';
import { Exchange } from '../src/exchange.ts';

/** The controller that undici passes to a handler, and the aborts it receives. */
function createController() {
  const aborted: Error[] = [];
  const state = { aborted: false, paused: false, reason: null, rawHeaders: null, rawTrailers: null };
  const controller = { ...state, abort: (reason: Error) => void aborted.push(reason), pause() {}, resume() {} };
  return { controller, aborted };
}

/** An exchange whose response has begun. */
function createExchange() {
  const scope = new CancelScope();
  const removed: string[] = [];
  const onCancel: CancelScope['onCancel'] = scope.onCancel.bind(scope);
  scope.onCancel = (listener) => {
    const remove = onCancel(listener);
    return () => {
      removed.push('listener');
      remove();
    };
  };
  const exchange = new Exchange({ scope, toError: (cause) => cause, onEnd: () => {} });
  const { controller, aborted } = createController();
  exchange.onRequestStart(controller);
  exchange.onResponseStart(controller, 200, {});
  return { scope, removed, exchange, controller, aborted };
}

test('a response that has ended removes its listener from the call, and does not abort its connection', async () => {
  const { scope, removed, exchange, aborted } = createExchange();
  const released: string[] = [];
  exchange.onRelease = () => void released.push('released');

  exchange.onResponseEnd();
  scope.cancel(new Error('stopped'));

  expect(() => exchange.read()).toThrow('stopped');
  expect({ removed, released, aborted }).toEqual({ removed: ['listener'], released: ['released'], aborted: [] });
});

test('the reason that undici gets for an abort has no stack, which would keep the response alive', () => {
  const { scope, exchange, aborted } = createExchange();

  scope.cancel(new Error('stopped'));

  expect(exchange.hasEnded).toBe(true);
  expect(aborted.map(({ stack }) => stack)).toEqual([undefined]);
});
