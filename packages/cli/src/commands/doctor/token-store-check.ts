import { isBearingsError, systemClock } from '@bearings/client';
import type { Clock } from '@bearings/client';
import { InvalidConfigError, openTokenStore } from '@bearings/config';
import type { Config } from '@bearings/config';
import { withTimeout } from '../../time/with-timeout.ts';
import { failed, ok } from './check.ts';
import type { Check, Finding } from './check.ts';

/** The check `token store`: does it answer, and is its key right? None without a `tokenStore` in the config. */
export function tokenStoreChecks(config: Config, clock: Clock = systemClock): readonly Check[] {
  if (config.tokenStore === undefined) return [];
  return [{ name: 'token store', dependsOn: [], run: () => checkStore(config, clock) }];
}

/** As long as a replica waits for its store, in milliseconds. */
const timeoutMs = 2_300;

async function checkStore(config: Config, clock: Clock): Promise<Finding> {
  const place = storePlace(config);
  try {
    await using sharing = await openTokenStore(config);
    if (sharing === undefined) return ok('none');
    const { store } = sharing;
    const owner = crypto.randomUUID();
    const question = { isRejected: false, owner, leaseMs: 1_000, rotationPeriodMs: 0, sealIds: [] };
    await withTimeout(timeoutMs, clock, async () => {
      await store.ask('doctor', question);
      await store.release('doctor', { owner });
    });
    return ok(`${place} can be written, and the key has 32 bytes`);
  } catch (cause) {
    return judgeFailure(cause, place);
  }
}

/** The file, or the server without its path, as `redis://cache.internal:6379`. */
function storePlace({ tokenStore: { file, redis, postgres } = { keyRef: '' } }: Config): string {
  if (file !== undefined) return file;
  const url = URL.parse(redis ?? postgres ?? '');
  return url === null ? 'the store' : `${url.protocol}//${url.host}`;
}

function judgeFailure(cause: unknown, place: string): Finding {
  if (cause instanceof InvalidConfigError) {
    const { path = '', found = '', expected = '' } = cause.problems[0] ?? {};
    return failed(`${path} ${found}`.trimStart(), expected);
  }
  if (!isBearingsError(cause)) {
    const remedy =
      'Check its address, user and password in tokenStore. Until then each process requests a token of its own';
    return failed(`${place} does not answer, or cannot be written`, remedy);
  }
  const [problem = '', command] = cause.message.split(/: (?=npm install)/);
  if (command !== undefined) return failed(problem, `Install it: ${command}`);
  return failed(cause.message, 'Name a file that this user can write as tokenStore.file');
}
