import { PassThrough } from 'node:stream';
import type { Environment } from '@bearings/config';
import type { DocumentKind } from '@bearings/studio';
import { createOutput } from '../../terminal/terminal.ts';
import { testClient } from './test-client.ts';

/** What the test of a client uses. */
export interface ClientTestOptions {
  /** The environment variables that references name. */
  readonly env: Environment;
  /** Default: the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch;
}

/** The checks of `bearings doctor` as the test of a studio that is not started by the command. */
export function createClientTest({
  env,
  fetch = globalThis.fetch,
}: ClientTestOptions): NonNullable<DocumentKind['test']> {
  const stream = new PassThrough();
  const output = createOutput(stream, {});
  const interrupted = new AbortController().signal;
  const stdin = { isTTY: false, stream };
  return testClient({ stdin, stdout: output, stderr: output, env, cwd: '.', fetch, interrupted }, {});
}
