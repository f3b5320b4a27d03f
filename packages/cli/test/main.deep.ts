import { existsSync } from 'node:fs';
import { fakeApi, fakeIssuer } from '@bearings/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bearings, bearingsOnTerminal, hasScript, inShell } from './fixtures/run-process.ts';
import type { RunOptions } from './fixtures/run-process.ts';
import { configFolder } from './fixtures/config-folder.ts';
import { plantedSecret } from './fixtures/identity-provider.ts';
import { startRealServers } from './fixtures/real-servers.ts';
import type { RealServers } from './fixtures/real-servers.ts';

let servers: RealServers;
let options: RunOptions;
beforeAll(async () => {
  servers = await startRealServers();
  options = { cwd: servers.folder, env: servers.env };
});
afterAll(() => servers[Symbol.asyncDispose]());

test('a long stdin is sent unchanged', async () => {
  const input = `[${'1,'.repeat(100_000)}1]`;

  const { code, out } = await bearings(['call', 'orders', 'v1/echo', '-d', '@-'], { ...options, input });

  expect({ code, isSame: out === input }).toEqual({ code: 0, isSame: true });
});

test('a reader that stops early, such as head, is not a failure', async () => {
  const { out, err, code } = await inShell(
    `set -o pipefail; $BEARINGS call orders v1/long/${32 * 1024 * 1024} | head -c 10`,
    options,
  );

  expect({ out, err, code }).toEqual({ out: 'xxxxxxxxxx', err: '', code: 0 });
});

test('a full output is a failure', async ({ skip }) => {
  skip(!existsSync('/dev/full'), 'this machine has no /dev/full');
  const { code, err } = await inShell('$BEARINGS call orders v1/orders/42 > /dev/full', options);

  expect({ code, err }).toEqual({ code: 1, err: 'bearings: the output cannot be written (ENOSPC)\n' });
});

test('the second ctrl-C ends a process that waits to open a named pipe', async () => {
  const { code, err } = await inShell(
    'mkfifo unopened; $BEARINGS call orders v1/echo -d @unopened & pid=$!; for i in 1 2 3 4 5 6 7 8; do sleep 0.5; kill -INT $pid 2>/dev/null || break; done; wait $pid',
    options,
  );

  expect({ code, err }).toEqual({ code: 130, err: '' });
});

/** A test on a real terminal, which `script` of util-linux provides. Skipped where it is missing. */
function onTerminal(name: string, body: () => Promise<void>): void {
  test(name, async ({ skip }) => {
    skip(!hasScript, 'this machine has no `script` of util-linux to make a terminal with');
    await body();
  });
}

onTerminal('on a terminal init asks, and writes a config from the answers', async () => {
  const answers = [
    ['name of the client', 'stock\r'],
    ['base URL of stock', `${servers.api.url}\r`],
    ['authenticate its callers', '\u001b[A\r'], // up from the first choice is the last: none
    ['Try it now', 'n\r'],
    ['Another client', '\r'],
  ] as const;
  const { code, out } = await bearingsOnTerminal(['init', 'asked.yaml'], {
    ...options,
    onStart(child) {
      let [seen, at] = ['', 0];
      child.stdout?.on('data', (piece: Buffer) => {
        seen += String(piece);
        const [question, answer] = answers[at] ?? [];
        if (question === undefined || !seen.includes(question)) return;
        at += 1;
        child.stdin?.write(answer ?? '');
      });
    },
  });
  const used = await bearings(['explain', 'stock', '--config', 'asked.yaml'], options);

  expect({ code, wrote: out.includes('Wrote asked.yaml') }).toEqual({ code: 0, wrote: true });
  expect(used.out).toContain('no credential');
});

onTerminal('on a terminal ctrl-C at a question writes nothing', async () => {
  const { code, out } = await bearingsOnTerminal(['init', 'unwritten.yaml'], {
    ...options,
    onStart(child) {
      child.stdout?.on('data', (piece: Buffer) => {
        if (String(piece).includes('name of the client')) child.stdin?.write('\u0003');
      });
    },
  });

  expect({ code, wasWritten: out.includes('Wrote') }).toEqual({ code: 130, wasWritten: false });
});

onTerminal('on a terminal a call has colors', async () => {
  const { code, out } = await bearingsOnTerminal(['call', 'orders', 'v1/nothing'], options);

  expect({ code, hasColor: out.includes('\u001b[31mbearings:') }).toEqual({ code: 4, hasColor: true });
});

test('doctor trusts the authority in NODE_EXTRA_CA_CERTS, and warns about a certificate that expires soon', async () => {
  const clients = [{ clientId: 'billing', clientSecret: plantedSecret }] as const;
  await using issuer = await fakeIssuer({ clients }).listen({ tls: true });
  await using api = await fakeApi(issuer).listen();
  const auth = {
    type: 'oauth2_client_credentials',
    issuerUrl: issuer.issuerUrl,
    clientId: 'billing',
    clientSecretRef: 'env:ORDERS_SECRET',
  };
  using folder = configFolder(
    { clients: { orders: { baseUrl: api.origin, auth } } },
    { 'ca.pem': { text: issuer.certificate ?? '' } },
  );

  const { code, out } = await bearings(['doctor'], {
    cwd: folder.path,
    env: { ...servers.env, NODE_EXTRA_CA_CERTS: `${folder.path}/ca.pem` },
  });

  expect(out).toContain('! TLS          TLSv1.3; the certificate of 127.0.0.1, issued by itself, expires within a day');
  expect(out).toContain('✓ API          HEAD / answered 200, with the token');
  expect(code).toBe(0);
});

test('ctrl-C ends auth status --watch with exit code 0', async () => {
  const { code, out, err } = await bearings(['auth', 'status', '--watch'], {
    ...options,
    onStart: (child) => child.stdout?.once('data', () => child.kill('SIGINT')),
  });

  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(/Z {2}orders {2}✓ fresh {2}/);
});
