import { expect, test } from 'vitest';
import type { Dispatcher } from 'undici';
import { ManagedDispatcher } from '../src/managed-dispatcher.ts';

function createManaged(isOurs: boolean) {
  const destroyed: string[] = [];
  const dispatcher: Partial<Dispatcher> = { destroy: async () => void destroyed.push('destroyed') };
  return { destroyed, managed: new ManagedDispatcher(dispatcher as Dispatcher, { isOurs }) };
}

test('a dispatcher is closed when the last of its requests has ended', async () => {
  const { managed, destroyed } = createManaged(true);
  managed.acquire();
  managed.acquire();

  const drained = managed.drain();
  managed.release();
  await new Promise((resolve) => setImmediate(resolve));
  const afterFirst = [...destroyed];
  managed.release();
  await drained;

  expect([afterFirst, destroyed]).toEqual([[], ['destroyed']]);
});

test('the dispatcher of a caller is never closed, and its requests are not waited for', async () => {
  const { managed, destroyed } = createManaged(false);
  managed.acquire();

  await managed.drain();
  await managed.destroy();

  expect(destroyed).toEqual([]);
});
