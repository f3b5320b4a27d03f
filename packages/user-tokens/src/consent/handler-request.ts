/** One request of the handler. */
export interface HandlerRequest {
  readonly request: Request;
  readonly url: URL;
  /** The flow's id, or the connection's name. */
  readonly name: string;
  /** What the handler was called with as its second argument. */
  readonly frameworkContext: unknown;
}
