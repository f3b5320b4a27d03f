/** One way to make the same authenticated JSON call. */
export interface Contender {
  /** Sends `GET /orders/42` and reads the JSON. Gets a token by its own means when it has none. */
  readonly get: () => Promise<unknown>;
  /** Sends `POST /orders` with a JSON body and reads the JSON of the response. */
  readonly post: () => Promise<unknown>;
  readonly close: () => Promise<void>;
}

/** The `open` that every contender's file exports. */
export type Open = (origin: string) => Promise<Contender>;

/** The body that `post` sends. */
export const newOrder: Readonly<{ item: string; quantity: number; note: string }> = {
  item: 'ball bearing 6204-2RS',
  quantity: 12,
  note: 'to the north gate, before noon',
};

/** The client credentials of all contenders. */
export const registration: Readonly<{ clientId: string; clientSecret: string }> = {
  clientId: 'bench',
  clientSecret: 'bench-secret',
};
