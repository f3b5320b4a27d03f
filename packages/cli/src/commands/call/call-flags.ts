/** The flags of `bearings call`. */
export interface CallFlags {
  readonly method?: string;
  readonly data?: string;
  readonly form?: readonly string[];
  readonly header?: readonly string[];
  readonly query?: readonly string[];
  readonly output?: string;
  readonly include?: boolean;
  readonly json?: boolean;
  readonly paginate?: boolean;
  readonly next?: string;
  readonly maxPages?: string;
  readonly har?: string;
  readonly timeout?: string;
  readonly retry?: string;
  readonly verbose?: boolean;
}
