/** The exit codes. Scripts can tell by them who can fix the problem. */
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

/** The explanation of {@link exitCodes} for `--help`. */
export const exitCodesHelp = `
Exit codes:
  0    data without errors
  1    GraphQL errors; partial data is on stdout
  2    wrong arguments, query or config; nothing was sent
  3    no token, or the endpoint rejects the credential (401, 403)
  4    the endpoint answered with another 4xx
  5    the endpoint answered with 5xx, or not with a GraphQL response
  6    no answer: network, TLS, timeout, a redirect to another origin
  70   a bug in gql
  130  interrupted`;
