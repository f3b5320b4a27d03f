/** What a service knows about the API that it calls and the issuer of its tokens. */
export interface Settings {
  readonly apiUrl: string;
  readonly issuerUrl: string;
  readonly tokenEndpoint: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Of the API, as PEM, if it is reached by https. */
  readonly certificate?: string | undefined;
}

export interface Order {
  readonly id: number;
}

/** The orders API, as the rest of the service calls it. */
export interface Orders {
  get(id: number): Promise<Order>;
  create(order: Order): Promise<Order>;
  close?(): Promise<void>;
}

/** Creates the client of the orders API. */
export type Connect = (settings: Settings) => Promise<Orders>;
