import { expect, test } from 'vitest';
import { snapshotBody } from '../../src/body/request-body.ts';

test('what the caller changes after the call is not sent', async () => {
  const bytes = new TextEncoder().encode('abc');
  const params = new URLSearchParams({ a: '1' });
  const form = new FormData();
  form.set('a', '1');

  const kept = [bytes, bytes.buffer, new DataView(bytes.buffer, 1), params].map(snapshotBody);
  const keptForm = snapshotBody(form);
  bytes.fill(120);
  params.set('a', '2');
  form.set('a', '2');

  expect(await Promise.all(kept.map((body) => new Response(body ?? null).text()))).toEqual(['abc', 'abc', 'bc', 'a=1']);
  expect((keptForm as FormData).get('a')).toBe('1');
});
