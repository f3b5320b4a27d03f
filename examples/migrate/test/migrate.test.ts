import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { runScene } from '../src/scene.ts';
import { header } from '../src/table.ts';
import { bearings, before, kept } from '../src/ways.ts';

const phase = (tokenRequests: unknown, lostCalls: unknown = 0): object => ({ tokenRequests, lostCalls });
const between = (least: number, most: number): unknown =>
  expect.toSatisfy((count: number) => count >= least && count <= most);
const single = { cold: phase(1), revoked: phase(1) };
/** Nearly one token request for each of 20 calls: on a slow machine, some calls find the token of another one. */
const many = { cold: phase(between(10, 20)), revoked: phase(between(10, 20)) };

const expected: Readonly<Record<string, object>> = {
  // calls that are under way when the first 401 arrives are given up
  'axios + axios-auth-refresh': { cold: phase(1), revoked: phase(between(1, 3), between(1, 19)) },
  'axios + interceptors': many,
  'got + hooks': many,
  'ky + hooks': many,
  'openid-client + cache': many,
  'simple-oauth2 + expired(60)': many,
  'google-auth-library + refreshHandler': many,
  // a 401 without a claims challenge is not answered
  '@azure/core-rest-pipeline': { cold: phase(1), revoked: phase(0, 20) },
  '@badgateway/oauth2-client': { cold: phase(1), revoked: phase(between(1, 3)) },
};

test.each(before)('$name costs what its guide says', async (way) => {
  expect(await runScene(way.connect, way)).toEqual(expected[way.name]);
});

test.each([...kept, bearings])('$name makes one token request for 20 calls and loses none', async (way) => {
  expect(await runScene(way.connect, way)).toEqual(single);
});

describe('the table of the documentation', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/migrate/README.md'), 'utf8');
  const rows = (/```text\n(.*?)```/s.exec(page)?.[1] ?? '').trimEnd().split('\n');

  test('has the header and one row for each way', () => {
    const names = rows.slice(1).map((row) => row.slice(0, 36).trim());

    expect(rows[0]).toBe(header.trimEnd());
    expect(names).toEqual([...before, ...kept, bearings].map(({ name }) => name));
  });

  test.each([...before, ...kept, bearings])('states for $name what the test finds', ({ name }) => {
    const row = rows.find((line) => line.startsWith(`${name} `)) ?? '';
    const [cold, revoked, lostCold, lostRevoked] = row.slice(36).trim().split(/\s+/).map(Number);

    const stated = {
      cold: { tokenRequests: cold, lostCalls: lostCold },
      revoked: { tokenRequests: revoked, lostCalls: lostRevoked },
    };
    expect(stated).toEqual(expected[name] ?? single);
  });
});
