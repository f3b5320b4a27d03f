import { isSecure } from '@bearings/client/layer';
import { z } from 'zod';
import { smellsOfSecret } from './secret-smell.ts';

const longestMs = 366 * 24 * 60 * 60 * 1_000;

/** Milliseconds above 0 and within a year: a longer time is a mistake of units. */
export const someMs: z.ZodNumber = z.number().positive().max(longestMs);

/** Milliseconds from 0, within a year. */
export const anyMs: z.ZodNumber = z.number().nonnegative().max(longestMs);

/** A time limit, or `false` for none. */
export const limitMs = z.union([someMs, z.literal(false)]);

export const countFrom1: z.ZodNumber = z.int().positive();
export const countFrom0: z.ZodNumber = z.int().nonnegative();

/** Text that is not blank. */
export const someText: z.ZodString = z.string().regex(/\S/, 'must not be blank');

/** An absolute http(s) URL that carries no user, password, fragment or secret; whether http may be is its object's affair. */
export const httpUrl: z.ZodString = z
  .string()
  .meta({ format: 'uri' })
  .superRefine((value, context) => {
    const url = URL.parse(value);
    const wrong = (found: string, message: string): void =>
      context.addIssue({ code: 'custom', message, params: { found } });
    if (url === null || !/^https?:$/.test(url.protocol)) {
      return wrong('is no absolute http(s) URL', 'must be one, such as https://orders.internal');
    }
    if (url.username !== '' || url.password !== '') {
      return wrong('carries a user or a password', 'must be without; credentials have fields of their own');
    }
    if ([...url.searchParams.keys()].some(smellsOfSecret)) {
      return wrong('has a query that looks like a secret', 'must be without; credentials have fields of their own');
    }
    return value.includes('#') ? wrong('has a fragment', 'must be without') : undefined;
  });

const origin = /^https?:\/\/[^/?#@\s]+$/;

/** An origin, such as `https://api.example`. */
export const originText: z.ZodString = z.string().regex(origin, 'must be an origin, such as https://api.example');

/** False for http beyond loopback that nobody has allowed. Wrong values are another rule's affair. */
export function isSafe(url: unknown, insecureHttp: unknown): boolean {
  const parsed = typeof url === 'string' ? URL.parse(url) : null;
  return parsed === null || parsed.protocol !== 'http:' || isSecure(parsed) || insecureHttp === true;
}

const headerName = /^[\w!#$%&'*+.^`|~-]+$/;
const headerValue = /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/;

/** The name of a header (RFC 9110 §5.1). */
export const headerNameText: z.ZodString = z.string().regex(headerName, 'must be the name of a header');

/** What HTTP allows as a header's value. */
const headerValueText: z.ZodString = z.string().regex(headerValue, 'must be one line of visible characters');

const publicName = (name: string): boolean => !smellsOfSecret(name);
const secretName = 'must not be one of a secret, which does not belong in a config';

/** Headers that are no secrets. */
export const headers = z.record(headerNameText.refine(publicName, secretName), headerValueText);

/** Parameters that are no secrets. */
export const params = z.record(z.string().refine(publicName, secretName), z.string());

/** For a rule that looks at several fields of an object: it is looked at also when one of them is wrong in itself. */
export const isObject = ({ value }: { readonly value: unknown }): boolean =>
  typeof value === 'object' && value !== null;
