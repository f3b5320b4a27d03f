import { ClientRequest } from '../../client/src/core/request.ts';
import { oneCall } from '../../client/test/one-call.ts';
import { expect, test } from 'vitest';
import { toDispatchOptions } from '../src/dispatch-options.ts';

test('a body that is a part of a larger buffer is sent as that part', () => {
  const body = new Uint8Array(Buffer.from('--hi--')).subarray(2, 4);
  const request = new ClientRequest({ url: 'https://api.test/', method: 'POST', headers: new Headers(), body });

  expect(toDispatchOptions(request, oneCall()).body).toEqual(Uint8Array.from(Buffer.from('hi')));
});
