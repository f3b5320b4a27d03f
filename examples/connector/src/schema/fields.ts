import { isSecure } from '@bearings/client/layer';
import { z } from 'zod';

export const name: z.ZodType<string, string> = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]*$/, 'must be letters, digits, - and _, and begin with a letter or digit')
  .describe('The name in messages and records: letters, digits, `-` and `_`.');

export const url: z.ZodString = z.string().refine((value) => {
  const parsed = URL.parse(value);
  return parsed !== null && isSecure(parsed) && parsed.username === '' && parsed.password === '';
}, 'must be an https URL (http only to this machine), without user and password');

const pointerPattern = String.raw`(?:\/(?:[^~/]|~[01])*)`;
const headerPattern = String.raw`header:[\w!#$%&'*+.^\`|~-]+`;

/** A JSON pointer (RFC 6901). */
export const pointer: z.ZodString = z
  .string()
  .regex(new RegExp(`^${pointerPattern}*$`), 'must be a JSON pointer such as /data/items (RFC 6901)');

/** Where a value is in a response. */
export const place: z.ZodString = z
  .string()
  .regex(
    new RegExp(`^(?:(?:last:)?${pointerPattern}+|${headerPattern})$`),
    'must be a JSON pointer such as /meta/next, header:Name for a response header, or last:/id for the last record',
  );

/** Where a value goes in a request. */
export const target: z.ZodString = z
  .string()
  .regex(
    new RegExp(`^(?:${pointerPattern}+|${headerPattern}|(?!\\/|header:).+)$`),
    'must be the name of a query parameter, header:Name, or a JSON pointer into the posted body such as /after',
  );
