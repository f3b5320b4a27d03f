import type { Clock } from '@bearings/client';
import type { OpenUserTokens } from '@bearings/config';
import type { Terminal } from '../../terminal/terminal.ts';

/** What the ways of a login have in common. */
export interface LoginContext {
  readonly terminal: Terminal;
  readonly clock: Clock;
  /** The client's name. */
  readonly client: string;
  /** The authorization server, as the config has it. */
  readonly server: string;
  /**
   * Opens the grants; the caller closes `users`.
   *
   * @param redirectUri - where the browser comes back to
   * @throws TokenError
   */
  readonly open: (redirectUri?: string) => Promise<OpenUserTokens>;
}
