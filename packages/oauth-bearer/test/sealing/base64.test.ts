import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromBase64, toBase64, toBase64url } from '../../src/sealing/base64.ts';

test('bytes and text are written as Node writes them, and read back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.string({ unit: 'binary' }), (bytes, text) => {
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
      expect(toBase64url(bytes)).toBe(Buffer.from(bytes).toString('base64url'));
      expect(toBase64(text)).toBe(Buffer.from(text).toString('base64'));
      expect([fromBase64(toBase64(bytes)), fromBase64(toBase64url(bytes))]).toEqual([bytes, bytes]);
    }),
  );
});

test.each(['a password', 'YWJ j', 'Y', 'YQ===', 'ä'])('%j is no base64', (text) => {
  expect(fromBase64(text)).toBeUndefined();
});
