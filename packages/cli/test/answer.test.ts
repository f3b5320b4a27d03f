import { expect, test } from 'vitest';
import { deliver } from '../src/commands/call/print-response.ts';
import { fakeTerminal } from './fixtures/fake-terminal.ts';

test('a credential that comes back in the head is not shown with it', async () => {
  const terminal = fakeTerminal({});
  const response = new Response('body', { headers: { 'x-echo': 'you sent k-1234567' } });

  await deliver(terminal, response, { file: undefined, hasHead: true, secrets: ['k-1234567'] });

  expect(terminal.out()).toContain('x-echo: you sent [REDACTED]\n');
  expect(terminal.out()).not.toContain('k-1234567');
});
