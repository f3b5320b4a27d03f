import type { Config } from '../load-config.ts';

/** What secrets are read from: a config, or what has its functions. */
export type SecretAccess = Pick<Config, 'readSecret' | 'secretFiles'>;
