/** The place for one short secret that the operating system protects. Both functions reject where there is none. */
export interface Keyring {
  /** The secret; `null` or `undefined` when none is stored. */
  readonly read: () => Promise<string | null | undefined>;
  readonly write: (secret: string) => Promise<void>;
}
