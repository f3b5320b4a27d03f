import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fakeApi } from '@bearings/testing';
import type { FakeApi, FakeIssuer } from '@bearings/testing';
import { onTestFinished } from 'vitest';
import { createIssuer, clientId } from './create-service.ts';

/** The output of a command, and its exit code. */
interface Printed {
  /** `null` when the command hung and was killed. */
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder with a config of one client, `orders`. Its issuer and API listen on this machine. */
export interface CommandLine {
  readonly folder: string;
  readonly issuer: FakeIssuer;
  readonly api: FakeApi;
  /** Runs `bearings` in the folder, with only these environment variables. */
  readonly bearings: (args: readonly string[], env?: Readonly<Record<string, string>>) => Promise<Printed>;
}

const program = fileURLToPath(new URL('../../packages/cli/src/main.ts', import.meta.url));
/** Far longer than a command that does not hang takes. */
const hangsMs = 20_000;

/** @param secretRef - where the config says that the client's secret is */
export async function createCommandLine(secretRef: string): Promise<CommandLine> {
  const folder = mkdtempSync(join(tmpdir(), 'bearings-'));
  const issuer = await createIssuer().listen();
  const api = await fakeApi(issuer, { 'GET /v1/orders': () => Response.json({ orders: [] }) }).listen();
  onTestFinished(async () => {
    await Promise.all([issuer.close(), api.close()]);
    rmSync(folder, { recursive: true });
  });
  const auth = {
    type: 'oauth2_client_credentials',
    tokenUrl: issuer.tokenEndpoint,
    clientId,
    clientSecretRef: secretRef,
  };
  writeFileSync(join(folder, 'bearings.json'), JSON.stringify({ clients: { orders: { baseUrl: api.origin, auth } } }));
  return { folder, issuer, api, bearings: (args, env = {}) => run(args, { folder, env }) };
}

interface RunContext {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

async function run(args: readonly string[], { folder, env }: RunContext): Promise<Printed> {
  const { NODE_COMPILE_CACHE = '' } = process.env;
  const options = { cwd: folder, env: { NODE_COMPILE_CACHE, ...env }, stdio: 'pipe', timeout: hangsMs } as const;
  const child = spawn(process.execPath, [program, ...args], options);
  const printed = { stdout: '', stderr: '' };
  child.stdin.end();
  child.stdout.setEncoding('utf8').on('data', (text: string) => void (printed.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => void (printed.stderr += text));
  const exit = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
  return { exit, ...printed };
}
