import { isSecure } from '@bearings/client/layer';
import { z } from 'zod';
import { smellsOfSecret } from '../secret-smell.ts';

const maxMs = 366 * 24 * 60 * 60 * 1_000;

/** Milliseconds above 0, at most a year: a longer time is probably in the wrong unit. */
export const positiveMs: z.ZodNumber = z.number().positive().max(maxMs);

/** Milliseconds from 0, at most a year. */
export const nonNegativeMs: z.ZodNumber = z.number().nonnegative().max(maxMs);

/** A time limit in milliseconds, or `false` for no limit. */
export const limitMs = z.union([positiveMs, z.literal(false)]);

export const positiveInt: z.ZodNumber = z.int().positive();
export const nonNegativeInt: z.ZodNumber = z.int().nonnegative();

/** Text with at least one visible character. */
export const nonBlankText: z.ZodString = z.string().regex(/\S/, 'must not be blank');

/** An absolute http(s) URL without user, password, fragment or secret. {@link isSchemeAllowed} decides about http. */
export const httpUrl: z.ZodString = z
  .string()
  .meta({ format: 'uri' })
  .superRefine((value, context) => {
    const url = URL.parse(value);
    const wrong = (found: string, message: string): void =>
      context.addIssue({ code: 'custom', message, params: { found } });
    if (url === null || !/^https?:$/.test(url.protocol)) {
      return wrong('is not an absolute http(s) URL', 'must be one, such as https://orders.internal');
    }
    if (url.username !== '' || url.password !== '') {
      return wrong('contains a user or a password', 'remove it and use the field auth');
    }
    if ([...url.searchParams.keys()].some(smellsOfSecret)) {
      return wrong('has a query parameter that may be a secret', 'remove it and use the field auth');
    }
    return value.includes('#') ? wrong('has a fragment', 'remove it') : undefined;
  });

const origin = /^https?:\/\/[^/?#@\s]+$/;

/** An origin, such as `https://api.example`. */
export const originText: z.ZodString = z.string().regex(origin, 'must be an origin, such as https://api.example');

/** False for http beyond loopback, unless `insecureHttp` allows it. True for invalid values: other rules report those. */
export function isSchemeAllowed(url: unknown, insecureHttp: unknown): boolean {
  const parsed = typeof url === 'string' ? URL.parse(url) : null;
  return parsed === null || parsed.protocol !== 'http:' || isSecure(parsed) || insecureHttp === true;
}

const headerName = /^[\w!#$%&'*+.^`|~-]+$/;
const headerValue = /^(?:[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)?$/;

/** A header name (RFC 9110 §5.1). */
export const headerNameText: z.ZodString = z.string().regex(headerName, 'must be a header name');

/** A header value (RFC 9110 §5.5). */
const headerValueText: z.ZodString = z.string().regex(headerValue, 'must be one line of visible characters');

const isPublicName = (name: string): boolean => !smellsOfSecret(name);
const secretNameMessage = 'must not be the name of a secret, because secrets do not belong in a config';

/** Headers that are not secrets. */
export const headers = z.record(headerNameText.refine(isPublicName, secretNameMessage), headerValueText);

/** Parameters that are not secrets. */
export const params = z.record(z.string().refine(isPublicName, secretNameMessage), z.string());

/** Condition of a rule about several fields: the rule applies even if one of the fields is invalid. */
export const isObject = ({ value }: { readonly value: unknown }): boolean =>
  typeof value === 'object' && value !== null;
