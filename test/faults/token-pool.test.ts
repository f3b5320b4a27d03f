import { TokenPool } from '@bearings/oauth-bearer';
import type { PoolConfig, TokenPurpose } from '@bearings/oauth-bearer';
import { expect, onTestFinished } from 'vitest';
import { createIssuer, tokenConfig, tokenValue } from './create-service.ts';
import { replay } from './replay.ts';

/** A pool with one issuer, and a function that requests a token. */
function pooled(configure: (config: ReturnType<typeof tokenConfig>) => PoolConfig = (config) => config) {
  const issuer = createIssuer();
  const pool = TokenPool.create(configure(tokenConfig(issuer, { fetch: issuer.fetch }))).unwrap();
  onTestFinished(() => pool.close());
  const ask = async (purpose: TokenPurpose): Promise<string> => tokenValue(await pool.for(purpose).unwrap().get());
  return { issuer, pool, ask };
}

const countTenants =
  (config: ReturnType<typeof tokenConfig>): PoolConfig =>
  (tenant) => ({ ...config, extraParams: { tenant } });

replay('CC-015', async ({ hides }) => {
  const { issuer, pool, ask } = pooled(countTenants);
  const purposes: readonly TokenPurpose[] = [
    { tenant: 'one', scopes: ['a'] },
    { tenant: 'one', scopes: ['b'] },
    { tenant: 'one', resource: 'https://r.example' },
    { tenant: 'two', scopes: ['a'] },
  ];

  const asked = purposes.flatMap((purpose) => [purpose, purpose, purpose]);
  const values = await Promise.all(asked.map(ask));

  expect(issuer.counts.token).toBe(4);
  expect(pool.size).toBe(4);
  purposes.forEach((_, place) => expect(new Set(values.slice(3 * place, 3 * place + 3)).size).toBe(1));
  expect(new Set(values).size).toBe(4);
  const sent = issuer.requests.map((request) => [...request.params('tenant'), ...request.params('scope')].join(' '));
  expect(sent.toSorted()).toEqual(['one', 'one a', 'one b', 'two a']);
  hides(pool);
});

replay('CC-016', async () => {
  const { issuer, pool, ask } = pooled(countTenants);

  const values = await Promise.all([ask({ tenant: 'a|b', scopes: ['c'] }), ask({ tenant: 'a', scopes: ['b|c'] })]);

  expect(new Set(values).size).toBe(2);
  expect([pool.size, issuer.counts.token]).toEqual([2, 2]);
});

replay('CC-017', async () => {
  const { pool, ask } = pooled(countTenants);
  const names = ['__proto__', 'constructor', 'toString'];

  const first = await Promise.all(names.map((tenant) => ask({ tenant })));
  const again = await Promise.all(names.map((tenant) => ask({ tenant })));

  expect(new Set(first).size).toBe(3);
  expect(again).toEqual(first);
  expect(pool.size).toBe(3);
});

replay('CC-018', async () => {
  const { issuer, pool, ask } = pooled();

  const values = await Promise.all(
    [
      ['a', 'b'],
      ['b', 'a'],
      ['a', 'b', 'a'],
    ].map((scopes) => ask({ scopes })),
  );

  expect(new Set(values).size).toBe(1);
  expect([pool.size, issuer.counts.token]).toEqual([1, 1]);
});
