import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const run = promisify(execFile);

test('a process that has used a token and closed nothing ends by itself', { timeout: 20_000 }, async () => {
  const { stdout, stderr } = await run(process.execPath, ['test/fixtures/one-call.ts'], { timeout: 15_000 });

  expect(stdout).toBe('order 42');
  expect(stderr).toBe('');
});

test(
  'a process without a handler for lost rejections survives a server that is down',
  { timeout: 20_000 },
  async () => {
    const script = `
    import { Token } from '@bearings/oauth-bearer';
    const token = await Token.create({
      tokenEndpoint: 'http://127.0.0.1:1/token', clientId: 'svc', clientSecret: 'a secret', start: 'lazy',
      acquireTimeoutMs: 200,
    });
    void token.value.get();
    const answer = await token.value.get();
    process.stdout.write(answer.error.code);
  `;
    const args = ['--unhandled-rejections=strict', '--input-type=module', '--eval', script];

    const { stdout } = await run(process.execPath, args, { timeout: 15_000 });

    expect(stdout).toBe('UNAVAILABLE');
  },
);

test('the main job keeps its promises and ends by itself', { timeout: 60_000 }, async () => {
  const { stdout } = await run(process.execPath, ['examples/service-to-service/src/main.ts'], { timeout: 50_000 });

  const counts = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  expect(counts).toMatchObject({ discovery: 1, failed: 0, rotations: 1, unauthorizedSeenByCaller: 0 });
  expect(counts.calls).toBeGreaterThan(300);
});
