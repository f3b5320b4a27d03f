import { orThrow } from '@bearings/client';
import { Token, TokenPool } from '@bearings/oauth-bearer';
import { held } from './held.ts';
import { report } from './run-child.ts';
import { stubConfig } from './stubs.ts';

/** Memory of a Token and of a pool's tenant, before and with their first token. Needs `--expose-gc`. */
const count = 5_000;
const pool = orThrow(TokenPool.create(stubConfig));
const lazyPool = orThrow(TokenPool.create(stubConfig));

const lazyToken = async (): Promise<unknown> => await orThrow(Token.create({ ...stubConfig, start: 'lazy' }));
const acquiredToken = async (): Promise<unknown> => await orThrow(Token.create(stubConfig));
const tenant = async (place: number): Promise<unknown> => orThrow(lazyPool.for({ tenant: `tenant-${place}` }));
const acquiredTenant = async (place: number): Promise<unknown> => {
  const token = orThrow(pool.for({ tenant: `tenant-${place}` }));
  await orThrow(token.get());
  return token;
};

report({
  token: await measureBytes(lazyToken),
  acquired: await measureBytes(acquiredToken),
  tenant: await measureBytes(tenant),
  acquiredTenant: await measureBytes(acquiredTenant),
});

async function measureBytes(make: (place: number) => Promise<unknown>): Promise<number> {
  const first = await make(-1); // modules loaded for the first one do not count
  const all: unknown[] = Array.from({ length: count });
  const before = await held('heapUsed');
  for (let place = 0; place < count; place += 1) all[place] = await make(place);
  const bytes = ((await held('heapUsed')) - before) / count;
  if (all.length !== count || first === undefined) throw new Error('Nothing was made');
  return bytes;
}
