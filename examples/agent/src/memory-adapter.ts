import type { Adapter, AdapterPayload } from 'oidc-provider';

/** The storage of `oidc-provider`, in memory, for all of its models. */
export interface MemoryAdapter {
  readonly create: (model: string) => Adapter;
  /** Deletes what an account has granted, and its tokens. */
  readonly withdraw: (account: string) => void;
}

const granted = new Set(['AccessToken', 'RefreshToken', 'Grant']);

export function createMemoryAdapter(): MemoryAdapter {
  const stored = new Map<string, AdapterPayload>();
  const removeAll = (isMeant: (payload: AdapterPayload) => boolean): void => {
    for (const [key, payload] of stored) if (isMeant(payload)) stored.delete(key);
  };
  return {
    create: (model) => ({
      upsert: async (id, payload) => void stored.set(`${model}:${id}`, payload),
      find: async (id) => stored.get(`${model}:${id}`),
      findByUserCode: async () => undefined,
      findByUid: async (uid) => [...stored.values()].find((payload) => payload.uid === uid),
      consume: async (id) => {
        const payload = stored.get(`${model}:${id}`);
        if (payload !== undefined) payload['consumed'] = Math.floor(Date.now() / 1_000);
      },
      destroy: async (id) => void stored.delete(`${model}:${id}`),
      revokeByGrantId: async (grantId) => removeAll((payload) => payload.grantId === grantId),
    }),
    withdraw: (account) => removeAll((payload) => payload.accountId === account && granted.has(payload.kind ?? '')),
  };
}
