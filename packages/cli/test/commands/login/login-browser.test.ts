import { expect, test } from 'vitest';
import { createLoginSetup } from '../../fixtures/login-setup.ts';

test('after a login in the browser, calls have the token of the person', async () => {
  using setup = createLoginSetup();

  const login = await setup.bearings(['login', 'orders']);
  const call = await setup.bearings(['call', 'orders', 'v1/orders/42']);

  expect(login).toMatchObject({
    code: 0,
    out: expect.stringContaining('Logged in to orders at https://id.internal as alice.'),
  });
  expect(call.code).toBe(0);
});
