import { TokenConfigError } from '@bearings/oauth-bearer';

/** The environment of the process, which the program passes. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads a variable that the platform sets.
 *
 * @param platform - for the error: where the variable would be set
 * @throws TokenConfigError when it is not set
 */
export function readVariable(env: Environment, name: string, platform: string): string {
  const value = env[name];
  if (value !== undefined && value !== '') return value;
  throw new TokenConfigError('env', `has no ${name}: ${platform}`);
}
