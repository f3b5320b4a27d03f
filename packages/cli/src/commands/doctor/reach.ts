import { addressCheck } from './address.ts';
import type { Check } from './check.ts';
import { connectionCheck } from './connection.ts';
import type { Place } from './place.ts';
import { tlsCheck } from './tls.ts';

/** The three checks below HTTP; whatever speaks to the place needs all of them. */
export function reachChecks(place: Place): readonly Check[] {
  const address = addressCheck(place);
  const connection = connectionCheck(place, address);
  return [address, connection, tlsCheck(place, connection)];
}
