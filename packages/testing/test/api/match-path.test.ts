import { expect, test } from 'vitest';
import { compilePath } from '../../src/api/match-path.ts';

test.each([
  ['/v1/orders/:id', '/v1/orders/42', { id: '42' }],
  ['/v1/orders/:id', '/v1/orders/42/', { id: '42' }],
  ['/v1/orders/:id', '/v1/orders/a%2Fb', { id: 'a/b' }],
  ['/v1/:kind/:id', '/v1/orders/42', { kind: 'orders', id: '42' }],
  ['/v1/*', '/v1/orders/42', {}],
  ['/v1.0/a+b', '/v1.0/a+b', {}],
  ['/', '/', {}],
])('%s matches %s', (path, pathname, params) => {
  expect(compilePath(path)(pathname)).toEqual(params);
});

test.each([
  ['/v1/orders/:id', '/v1/orders'],
  ['/v1/orders/:id', '/v1/orders/42/lines'],
  ['/v1/orders', '/v2/v1/orders'],
  ['/v1.0', '/v1x0'],
])('%s does not match %s', (path, pathname) => {
  expect(compilePath(path)(pathname)).toBeUndefined();
});

test('a parameter that is there twice is refused', () => {
  expect(() => compilePath('/:id/:id')).toThrow('The route /:id/:id has the parameter id twice');
});
