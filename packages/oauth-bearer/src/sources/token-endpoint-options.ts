/** How an endpoint sends its requests. */
export interface TokenEndpointOptions {
  /** False for one of thousands, each used rarely: a client takes 11 KiB. Default: true. */
  readonly keepsClient?: boolean;
}
