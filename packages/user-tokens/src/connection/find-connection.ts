import { closestName } from '@bearings/client/layer';
import { UserTokensConfigError } from '../errors.ts';
import type { Connection } from './connection.ts';

/**
 * The connection of a name.
 *
 * @throws UserTokensConfigError naming the connection that was probably meant, or all of them
 */
export function findConnection(name: string, connections: ReadonlyMap<string, Connection>): Connection {
  const connection = connections.get(name);
  if (connection !== undefined) return connection;
  const names = [...connections.keys()];
  const meant = typeof name === 'string' ? closestName(name, names) : undefined;
  const help = meant === undefined ? `The connections are ${names.join(', ') || 'none'}` : `Did you mean ${meant}?`;
  throw new UserTokensConfigError('connection', `must be the name of a connection. ${help}`);
}
