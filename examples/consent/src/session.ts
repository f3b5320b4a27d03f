/** The signed-in user of a request. Use your own sessions here: this cookie is not signed. */
export function readSession(cookie: string | undefined): string | undefined {
  return /(?:^|; )session=(\w+)/.exec(cookie ?? '')?.[1];
}
