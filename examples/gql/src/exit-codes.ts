/** What the command ends with, by what ended it. The groups are for scripts: each is somebody else's to mend. */
export const exitCodes = {
  GRAPHQL: 1,
  USAGE: 2,
  AUTH: 3,
  HTTP_4XX: 4,
  HTTP_5XX: 5,
  NO_GRAPHQL: 5,
  NETWORK: 6,
  FAULT: 70,
  INTERRUPTED: 130,
} as const;

/** {@link exitCodes} in words, for `--help`. */
export const exitCodesHelp = `
Exit codes:
  0    data, and no errors
  1    GraphQL errors; partial data is on stdout all the same
  2    arguments, query or config are wrong; nothing was sent
  3    no token, or the endpoint turns the credential away (401, 403)
  4    the endpoint answered with another 4xx
  5    the endpoint answered with 5xx, or with something that is no GraphQL answer
  6    no answer: network, TLS, timeout, a redirect elsewhere
  70   a mistake in gql itself
  130  interrupted`;
