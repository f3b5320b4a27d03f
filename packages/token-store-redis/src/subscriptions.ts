/** A client of `@redis/client` that is used for subscriptions only. */
export interface NodeRedisSubscriber {
  subscribe(channel: string, listener: () => void): Promise<unknown>;
  unsubscribe(channel: string, listener: () => void): Promise<unknown>;
}

/** Subscribes to a channel while at least one listener waits for it. */
export function createSubscribe(subscriber: NodeRedisSubscriber): (channel: string, changed: () => void) => () => void {
  return (channel, changed) => {
    const listener = (): void => changed();
    void ignoreFailure(async () => subscriber.subscribe(channel, listener));
    return () => void ignoreFailure(async () => subscriber.unsubscribe(channel, listener));
  };
}

/** Without a notification the waiting replica asks again after a while. Never rejects. */
async function ignoreFailure(act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch {
    // not connected
  }
}
