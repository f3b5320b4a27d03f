import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);

test('a process that has used a token and closed nothing ends by itself', async () => {
  const { stdout, stderr } = await run(process.execPath, ['test/fixtures/one-call.ts'], { timeout: 25_000 });

  expect(stdout).toBe('order 42');
  expect(stderr).toBe('');
});

test('a process without a handler for lost rejections survives a server that is down', async () => {
  const script = `
    import { Token } from '@bearings/oauth-bearer';
    const token = await Token.create({
      tokenEndpoint: 'http://127.0.0.1:1/token', clientId: 'svc', clientSecret: 'a secret', start: 'lazy',
      acquireTimeoutMs: 20,
    });
    void token.value.get();
    const answer = await token.value.get();
    process.stdout.write(answer.error.code);
  `;
  const args = ['--unhandled-rejections=strict', '--input-type=module', '--eval', script];

  const { stdout } = await run(process.execPath, args, { timeout: 25_000 });

  expect(stdout).toBe('TOKEN_UNAVAILABLE');
});
