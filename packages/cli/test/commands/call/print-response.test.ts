import { expect, test } from 'vitest';
import { printResponse } from '../../../src/commands/call/print-response.ts';
import { fakeTerminal } from '../../fixtures/fake-terminal.ts';

test('a credential that a response header quotes is redacted', async () => {
  const terminal = fakeTerminal({});
  const response = new Response('body', { headers: { 'x-echo': 'you sent k-1234567' } });

  await printResponse(terminal, response, {
    file: undefined,
    includeHead: true,
    isJson: false,
    secrets: ['k-1234567'],
    onChunk: () => {},
  });

  expect(terminal.out()).toContain('x-echo: you sent [REDACTED]\n');
  expect(terminal.out()).not.toContain('k-1234567');
});
