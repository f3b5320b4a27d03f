import { signal } from '@preact/signals';
import type { Probed } from '../state/api.ts';
import { api } from '../state/api.ts';
import { setField } from '../state/documents.ts';
import { go } from '../state/route.ts';

/** The client that is being added. From the third step on it is a part of the edited document. */
export interface NewClient {
  readonly step: 1 | 2 | 3 | 4;
  readonly name: string;
  readonly baseUrl: string;
  readonly type: string;
  /** How the API answers without a credential; `undefined` until it has. */
  readonly probed: Probed | undefined;
}

const start: NewClient = { step: 1, name: '', baseUrl: '', type: 'oauth2_client_credentials', probed: undefined };

/** The wizard. What was typed stays until it is cancelled or done. */
export const newClient = signal<NewClient>(start);

/** Changes a part of it. */
export function change(part: Partial<NewClient>): void {
  newClient.value = { ...newClient.value, ...part };
}

/** Leaves the wizard; the client that was not written goes. */
export function cancel(id: string): void {
  const { step, name } = newClient.value;
  if (step > 2) setField(id, ['clients', name], undefined);
  newClient.value = start;
  go('clients');
}

/** Goes on to the authentication, and asks the API what it requires. */
export async function probe(): Promise<void> {
  const { baseUrl } = newClient.value;
  change({ step: 2, probed: undefined });
  try {
    const probed = await api.probe(baseUrl);
    if (newClient.value.baseUrl === baseUrl) change({ probed, type: suggest(probed) });
  } catch {
    // the studio is away, which is said elsewhere
  }
}

/** The kind of authentication that a challenge asks for. */
function suggest(probed: Probed): string {
  if (!probed.hasAnswered || probed.status !== 401) return newClient.value.type;
  return /^\s*basic\b/i.test(probed.challenge) ? 'basic' : newClient.value.type;
}

/** Puts the client into the document, with the fields that a person fills in next. */
export function toDetails(id: string): void {
  const { name, baseUrl, type } = newClient.value;
  setField(id, ['clients', name], { baseUrl, auth: { type } });
  change({ step: 3 });
}

/** Ends the wizard: the client is in the list, with its changes. */
export function finish(): void {
  const { name } = newClient.value;
  newClient.value = start;
  go('clients', name);
}
