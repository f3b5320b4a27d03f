import { createClients } from '@bearings/config';
import { withContext } from '../../config/chosen-context.ts';
import { openConfig } from '../../config/find-config.ts';
import { exitCodes } from '../../exit-codes.ts';
import { grantsOpener } from '../../grants/grants-opener.ts';
import { describeFailure } from '../../output/report-failure.ts';
import { printable } from '../../output/redaction.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { login } from '../login/login.ts';
import { sendFirstCall } from './first-call.ts';
import type { Prompts } from './prompts.ts';

/** A client of a written config, whose token is that of a person. */
export interface TryLoginContext {
  readonly prompts: Prompts;
  readonly name: string;
  readonly baseUrl: string;
  readonly file: string;
}

/** Logs in, and sends a first call. A login that fails is reported; the config is written all the same. */
export async function tryLogin(given: Terminal, { prompts, name, baseUrl, file }: TryLoginContext): Promise<void> {
  const terminal = withContext(given, ''); // the new config has no contexts
  const { fetch, clock, random, interrupted } = terminal;
  try {
    const exitCode = await login(terminal, { client: name, flags: {}, global: { config: file, debug: false } });
    if (exitCode !== exitCodes.ok) return;
    const config = await openConfig(terminal, { config: file, names: [name] });
    const openGrants = grantsOpener(terminal, config, undefined);
    const options = { fetch, ...(clock && { clock }), ...(random && { random }), openGrants, names: [name] };
    await using clients = await createClients(config, options);
    const { [name]: client } = clients;
    if (client !== undefined) await sendFirstCall(terminal, { prompts, client, baseUrl });
  } catch (error) {
    if (interrupted.aborted) throw error;
    await prompts.print(`  ✗ ${printable(describeFailure(error))}`);
  }
}
