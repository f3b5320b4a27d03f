import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { Config } from '@bearings/config';
import { TokenConfigError } from '@bearings/oauth-bearer';
import type { KeySet, KeyValue } from '@bearings/user-tokens';
import { createDesktop } from '../terminal/desktop.ts';
import type { Terminal } from '../terminal/terminal.ts';
import type { Keyring } from './keyring.ts';

/** Where the key is. */
export interface GrantKeyOptions {
  /** `env:NAME` or `file:PATH`. Default: `BEARINGS_KEY`, else the key in the keyring. */
  readonly key?: string | undefined;
  /** Creates the key in the keyring when there is none. Default: false. */
  readonly creates?: boolean;
}

/**
 * Reads the key that grants are encrypted with. Nothing is ever stored without one.
 *
 * @throws TokenConfigError when there is none; it says what to pass
 */
export async function readGrantKeys(
  terminal: Terminal,
  { readSecret }: Pick<Config, 'readSecret'>,
  { key, creates = false }: GrantKeyOptions,
): Promise<KeySet> {
  const { env, cwd, desktop = createDesktop(env) } = terminal;
  const reference = key ?? env['BEARINGS_KEY'] ?? '';
  if (reference === '') return toKeySet('keyring', await readKeyring(desktop.keyring, creates));
  const secret = await readSecret(reference.replace(/^file:(.+)$/s, (_, path: string) => `file:${resolve(cwd, path)}`));
  if (secret.isOk()) return toKeySet('--key', secret.value);
  const [problem] = secret.error.problems;
  throw new TokenConfigError('--key', `${problem?.found ?? 'cannot be read'}: ${problem?.expected ?? 'correct it'}`);
}

/** The id is stored beside what the key encrypts, and shown when the key is missing. */
const toKeySet = (id: string, key: KeyValue): KeySet => ({ current: id, keys: { [id]: key } });

async function readKeyring(keyring: Keyring, creates: boolean): Promise<string> {
  let key: string | null | undefined;
  try {
    key = await keyring.read();
    if (!key && creates) {
      await keyring.write(randomBytes(32).toString('base64url'));
      key = await keyring.read(); // another terminal may have been faster
    }
  } catch {
    throw new TokenConfigError('--key', `is missing, and this machine has no keyring to keep a key in. ${advice}`);
  }
  if (key) return key;
  throw new TokenConfigError('--key', `is missing, and the keyring has no key of bearings. ${advice}`);
}

const advice =
  'Tokens are stored encrypted only: pass --key env:NAME or --key file:PATH (or set BEARINGS_KEY to one of them) with 32 random bytes in base64, such as from: openssl rand -base64 32';
