/** One way to make the same authenticated JSON call. */
export interface Contender {
  /** `GET /orders/42`, its JSON read. Gets its token by its own means when it has none. */
  readonly get: () => Promise<unknown>;
  /** `POST /orders` with a JSON body, the JSON of its answer read. */
  readonly post: () => Promise<unknown>;
  readonly close: () => Promise<void>;
}

/** What every contender's file exports as `open`. */
export type Open = (origin: string) => Promise<Contender>;

/** What `post` sends. */
export const newOrder: Readonly<{ item: string; quantity: number; note: string }> = {
  item: 'ball bearing 6204-2RS',
  quantity: 12,
  note: 'to the north gate, before noon',
};

/** Who the contenders are to the token endpoint. */
export const registration: Readonly<{ clientId: string; clientSecret: string }> = {
  clientId: 'bench',
  clientSecret: 'bench-secret',
};
