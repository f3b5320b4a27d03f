import { isBearingsError } from '@bearings/client/errors';

const silence =
  'It accepts the connection and does not answer: ask its operator why, or correct host and port. A proxy or firewall on the way may hold the request';

/** By the code of the platform. */
const remedies: readonly (readonly [RegExp, string])[] = [
  [
    /^Z_|^ERR_BROTLI|^ERR_ZSTD/,
    'Its answer says that it is compressed, and cannot be decompressed: ask its operator, or that of a proxy on the way, which may change the answer or its headers',
  ],
  [/^HPE_/, 'Correct the port: another protocol than HTTP answers there'],
  [
    /^(?:UND_ERR_SOCKET|ECONNRESET|EPIPE)$/,
    'It closes the connection: ask its operator why. If it requires a client certificate, set certFile and keyFile in network',
  ],
  [/^ECONNREFUSED$/, 'Start the server, or correct host and port in the URL'],
];

/** What to do about a connection that failed, at any depth of an error; `undefined` when the error is about something else. */
export function connectionRemedy(error: unknown): string | undefined {
  if (!isBearingsError(error)) return undefined;
  if (error.code === 'ATTEMPT_TIMEOUT' || error.code === 'BODY_TIMEOUT') return silence;
  if (error.code === 'TOKEN_UNAVAILABLE' && error.cause === undefined && error.message.includes('no answer within'))
    return silence;
  if (error.code !== 'TRANSPORT') return connectionRemedy(error.cause);
  const { reason } = error;
  return remedies.find(([codes]) => codes.test(reason))?.[1];
}
