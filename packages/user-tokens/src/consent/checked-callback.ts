import type { TokenServer } from '@bearings/oauth-bearer/source';
import type { Connection } from '../connection/connection.ts';
import type { CallbackQuery } from './callback-query.ts';

/** A callback that has passed every check of its request. */
export interface CheckedCallback {
  readonly query: CallbackQuery;
  readonly connection: Connection;
  readonly server: TokenServer;
}
