import type { Call, ClientContext } from '@bearings/client/layer';
import { ConfigError } from '@bearings/client/errors';
import type { AccessToken } from '../access-token.ts';
import { signRequests } from '../dpop/sign-requests.ts';

interface WriterOptions {
  /** The word before the token. Default: that of its scheme. */
  readonly prefix?: string;
}

/** What the token is written for. */
type WriterContext = Pick<ClientContext, 'clock' | 'hasClientCertificate'>;

/** Puts a token on a call. One that is bound to a key has each request signed. */
export function credentialWriter(
  header: string,
  options: WriterOptions,
): (call: Call, access: AccessToken, client: WriterContext) => void {
  const write = headerWriter(options);
  const canBeSigned = header === 'authorization' && options.prefix === undefined;
  return (call, access, client) => {
    if (access.isCertificateBound && client.hasClientCertificate !== true) throw noCertificate();
    call.headers.setCredential(header, write(access));
    if (access.scheme === 'DPoP') signRequests(call, access, { clock: client.clock, canBeSigned });
    else if (call.sendSigned !== undefined) call.sendSigned = undefined;
  };
}

/** The resource refuses the token over another connection (RFC 8705 §3). */
function noCertificate(): ConfigError {
  const problem = 'The request is not sent: its token is bound to a client certificate, and this client has none';
  return new ConfigError('network', `${problem}. Give it the network of the token: withUndici({ tls: { cert, key } })`);
}

/** @throws ConfigError for a prefix that is not one word */
function headerWriter({ prefix }: WriterOptions): (access: AccessToken) => string {
  if (prefix === undefined) return (access) => access.authorization();
  if (typeof prefix !== 'string' || !/^[\x21-\x7e]*$/.test(prefix)) {
    throw new ConfigError('prefix', "prefix must be one word, such as 'Token', or ''");
  }
  return ({ secret }) => (prefix === '' ? secret.expose() : `${prefix} ${secret.expose()}`);
}
