import { createTokenReader, readGivenToken } from '../client-auth/given-token.ts';
import { readPrivateKey } from '../client-auth/private-key.ts';
import type { KeyOptions, PrivateKey } from '../client-auth/private-key.ts';
import { TokenConfigError } from '../errors.ts';
import { toJoseKey } from '../node/jose-key.ts';
import { checkNames } from '../token/option-names.ts';
import type { OptionNames } from '../token/option-names.ts';
import type { Grant, GrantContext, GrantParams } from './grant.ts';
import type { JwtBearerConfig } from './grant-config.ts';

const names: OptionNames<JwtBearerConfig> = {
  type: true,
  assertion: true,
  privateKey: true,
  keyId: true,
  signingAlg: true,
  issuer: true,
  subject: true,
  audience: true,
  claims: true,
};

const grantType = 'urn:ietf:params:oauth:grant-type:jwt-bearer';

/** How long a JWT that is signed here is valid: Google and others take an hour at most, and it is sent at once. */
const lifetimeS = 300;

/**
 * @param algorithms - those that the key may sign with. Default: all
 * @throws TokenConfigError naming the field
 */
export function jwtBearer(config: JwtBearerConfig, algorithms?: readonly string[]): Grant {
  checkNames(config, names, 'grant jwt_bearer');
  const { assertion, privateKey } = config;
  if ((assertion === undefined) === (privateKey === undefined))
    throw new TokenConfigError('grant', 'of type jwt_bearer takes one of assertion and privateKey');
  const grant = { type: config.type, namesClient: false, tokenTypes: [] };
  if (privateKey !== undefined) {
    checkClaims(config);
    const { issuer, subject, audience, claims, keyId } = config;
    return {
      ...grant,
      read: sign(privateKey, { ...config, algorithms }),
      identity: [issuer, subject, audience, claims, keyId],
    };
  }
  if (assertion === undefined) throw new TokenConfigError('grant.assertion', 'is missing');
  checkForeign(config);
  const readText = createTokenReader<void>(assertion, 'grant.assertion');
  const read = async ({ clock }: GrantContext): Promise<GrantParams> => {
    const { value } = await readGivenToken(() => readText(), { field: 'grant.assertion', clock });
    return toParams(value, value);
  };
  return { ...grant, read, identity: undefined };
}

function toParams(assertion: string, identity: string): GrantParams {
  const params: [string, string][] = [
    ['grant_type', grantType],
    ['assertion', assertion],
  ];
  return { params, identity };
}

function sign(privateKey: PrivateKey, config: JwtBearerConfig & KeyOptions): Grant['read'] {
  const readSigner = readPrivateKey(privateKey, config);
  return async ({ issuer: server, clientId, clock }) => {
    const { key, alg, kid } = await readSigner();
    const { issuer = clientId, subject = issuer, audience = server, claims = {} } = config;
    const nowS = Math.floor(clock.now() / 1_000);
    const { SignJWT } = await import('jose/jwt/sign');
    const assertion = await new SignJWT({ ...claims, jti: crypto.randomUUID() })
      .setProtectedHeader({ alg, typ: 'JWT', ...(kid !== undefined && { kid }) })
      .setIssuer(issuer)
      .setSubject(subject)
      .setAudience(audience)
      .setIssuedAt(nowS)
      .setExpirationTime(nowS + lifetimeS)
      .sign(toJoseKey(key));
    return toParams(assertion, `${kid ?? ''} ${JSON.stringify([issuer, subject, audience, claims])}`);
  };
}

/** Claims that the grant sets itself. */
const own = ['iss', 'sub', 'aud', 'iat', 'exp', 'jti'];

function checkClaims({ claims = {}, issuer, subject, audience }: JwtBearerConfig): void {
  for (const [name, value] of Object.entries({ issuer, subject, audience })) {
    if (value === undefined || (typeof value === 'string' && value !== '')) continue;
    throw new TokenConfigError(`grant.${name}`, 'must be a string that is not empty');
  }
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims))
    throw new TokenConfigError('grant.claims', 'must be an object');
  const taken = Object.keys(claims).find((name) => own.includes(name));
  if (taken !== undefined) throw new TokenConfigError('grant.claims', `contains ${taken}, which has its own setting`);
}

function checkForeign(config: JwtBearerConfig): void {
  const { type: _type, assertion: _assertion, ...others } = config;
  const [name] = Object.entries(others).flatMap(([each, value]) => (value === undefined ? [] : [each]));
  if (name !== undefined)
    throw new TokenConfigError(`grant.${name}`, 'has no effect with assertion, which is sent as it is');
}
