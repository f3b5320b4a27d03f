import type { Clock } from '@bearings/client';
import { createTokenReader, readGivenToken } from './given-token.ts';
import type { TokenFile } from './given-token.ts';
import { TokenConfigError } from '../errors.ts';

/** What a function of {@link ClientAssertion} gets. */
export interface AssertionRequest {
  readonly clientId: string;
  /** The audience of the assertion: `assertionAudience`, else the issuer. */
  readonly audience: string;
}

/** An assertion that another party signs for this client: a platform, or a workload's identity provider (RFC 7523 §2.2). */
export type ClientAssertion = AssertionFile | ((request: AssertionRequest) => string | Promise<string>);

/** A file that holds an assertion, such as a projected service-account token of Kubernetes. */
export interface AssertionFile extends TokenFile {
  /** Its `client_assertion_type`. Default: that of a JWT, `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`. */
  readonly type?: string | undefined;
}

/** Reads the assertion as it is now. */
export interface ReadAssertion {
  readonly type: string;
  readonly read: (request: AssertionRequest, clock: Clock) => Promise<string>;
}

export const jwtAssertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const field = 'clientAssertion';

/** @throws TokenConfigError when it is neither a file nor a function */
export function readClientAssertion(given: ClientAssertion): ReadAssertion {
  const read = createTokenReader(given, field);
  const { type = jwtAssertionType }: { readonly type?: unknown } = typeof given === 'function' ? {} : given;
  if (typeof type !== 'string' || !/^urn:[\x21-\x7e]+$/.test(type))
    throw new TokenConfigError(field, 'must have a type that is a URN, such as that of a JWT');
  return {
    type,
    read: async (request, clock) => (await readGivenToken(() => read(request), { field, clock })).value,
  };
}
