import type { ClientConfig } from '@bearings/config';

/** A client and its name. */
export interface NamedClient {
  readonly name: string;
  readonly client: ClientConfig;
}
