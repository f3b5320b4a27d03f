import { Token, TokenPool } from '@bearings/oauth-bearer';
import { held } from './held.ts';
import { report } from './run-child.ts';
import { stubConfig } from './stubs.ts';

/** Memory of a Token and of a pool's tenant, before and with their first token. Needs `--expose-gc`. */
const count = 5_000;
const pool = TokenPool.create(stubConfig).unwrap();
const lazyPool = TokenPool.create(stubConfig).unwrap();

const lazyToken = async (): Promise<unknown> => (await Token.create({ ...stubConfig, start: 'lazy' })).unwrap();
const acquiredToken = async (): Promise<unknown> => (await Token.create(stubConfig)).unwrap();
const tenant = async (place: number): Promise<unknown> => lazyPool.for({ tenant: `tenant-${place}` }).unwrap();
const acquiredTenant = async (place: number): Promise<unknown> => {
  const token = pool.for({ tenant: `tenant-${place}` }).unwrap();
  (await token.get()).unwrap();
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
