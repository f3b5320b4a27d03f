import { expect, test } from 'vitest';
import { toProxyError } from '../src/proxy-error.ts';

test("the error of a proxy has the reason below undici's own error", () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  const wrapped = Object.assign(new Error('Proxy TLS failed', { cause: refused }), { code: 'UND_ERR_PRX_TLS' });

  const { reason, message } = toProxyError(new URL('https://user:secret@proxy.test:3128'), wrapped);

  expect(reason).toBe('ECONNREFUSED');
  expect(message).toBe('the proxy https://proxy.test:3128 failed: connect ECONNREFUSED');
});
