import type { Clock } from '@bearings/client';
import type { UndiciOptions } from '../undici-options.ts';
import { AddressBook } from './address-book.ts';
import { lookupHost, lookupService } from './address-source.ts';
import type { AddressLookup } from './address-source.ts';

/** The address book of a layer; `undefined` when it has none. */
export function createAddressBook({ addresses }: UndiciOptions, clock: Clock): AddressBook | undefined {
  if (addresses === undefined) return undefined;
  const options = typeof addresses === 'string' ? { from: addresses } : addresses;
  const { from, refreshInterval = 5_000, ejectFor = 10_000, maxBadResponses = 5 } = options;
  return new AddressBook({
    lookup: findLookup(from),
    refreshMs: refreshInterval,
    ejectForMs: ejectFor,
    maxBadResponses,
    clock,
  });
}

function findLookup(from: 'dns' | 'srv' | AddressLookup): AddressLookup {
  if (from === 'dns') return lookupHost;
  return from === 'srv' ? lookupService() : from;
}
