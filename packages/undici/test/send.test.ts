import { CancelScope } from '../../client/src/core/cancel-scope.ts';
import type { Call } from '../../client/src/core/call.ts';
import { ClientRequest } from '../../client/src/core/request.ts';
import { expect, test } from 'vitest';
import type { Dispatcher } from 'undici';
import { Connections } from '../src/connections.ts';
import { ManagedDispatcher } from '../src/managed-dispatcher.ts';
import { createSend } from '../src/send.ts';

const request = new ClientRequest({ url: 'https://api.test/', method: 'GET', headers: new Headers() });

/** A send over connections that become ready when `open` is called. */
function createWaiting() {
  const dispatched: string[] = [];
  const dispatcher: Partial<Dispatcher> = { dispatch: () => dispatched.push('request') > 0 };
  const { promise, resolve } = Promise.withResolvers<ManagedDispatcher>();
  const asked: string[] = [];
  const connections = new Connections({});
  connections.get = () => (asked.push('connection'), promise);
  const scope = new CancelScope();
  const open = (): void => resolve(new ManagedDispatcher(dispatcher as Dispatcher, { isOurs: true }));
  const call: Partial<Call> = { cancelScope: scope };
  return { send: () => createSend(connections, {})(request, call as Call), scope, open, asked, dispatched };
}

test('a call that is cancelled before it is sent asks for no connection', async () => {
  const { send, scope, asked } = createWaiting();
  scope.cancel(new Error('stopped'));

  await expect(send()).rejects.toThrow('stopped');

  expect(asked).toEqual([]);
});

test('a call that is cancelled while it waits for certificates is not sent when they come', async () => {
  const { send, scope, open, asked, dispatched } = createWaiting();

  const sent = send();
  scope.cancel(new Error('stopped'));
  await expect(sent).rejects.toThrow('stopped');
  open();
  await new Promise((resolve) => setImmediate(resolve));

  expect({ asked, dispatched }).toEqual({ asked: ['connection'], dispatched: [] });
});
