import { expect, test } from 'vitest';
import { notifyListener } from '../../src/core/notify-listener.ts';

test.each([
  [
    'throws',
    () => {
      throw new Error('mine');
    },
  ],
  ['rejects', () => Promise.reject(new Error('mine'))],
])('an error of a listener that %s is ignored', async (_case, listener) => {
  await expect(notifyListener(listener, 'event')).resolves.toBeUndefined();
});
