import { systemClock } from '@bearings/client';
import { grantServer, openUserTokens } from '@bearings/config';
import { openConfig } from '../../config/find-config.ts';
import type { ExitCode } from '../../exit-codes.ts';
import { findLogin } from '../../grants/find-login.ts';
import { createGrants } from '../../grants/grants-opener.ts';
import { createDesktop } from '../../terminal/desktop.ts';
import { createNetwork } from '../../terminal/network.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { UsageError } from '../../usage-error.ts';
import type { GlobalOptions } from '../../command-line/command-spec.ts';
import { loginByBrowser } from './login-by-browser.ts';
import { loginByDevice } from './login-by-device.ts';
import type { LoginContext } from './login-context.ts';
import { readPorts } from './read-ports.ts';

/** The flags of `bearings login`. */
export interface LoginFlags {
  readonly device?: boolean;
  /** False with `--no-browser`. */
  readonly browser?: boolean;
  readonly port?: readonly string[];
}

/** The arguments of `bearings login`. */
export interface LoginArguments {
  readonly client: string;
  readonly flags: LoginFlags;
  readonly global: GlobalOptions;
}

/** RFC 8252 §8.3: the port is not open for longer than a person needs. */
const loginLimitMs = 300_000;

/**
 * `bearings login`: asks the person at the terminal for consent, and stores the grant.
 *
 * @throws UsageError | InvalidConfigError | TokenError
 */
export async function login(terminal: Terminal, { client, flags, global }: LoginArguments): Promise<ExitCode> {
  const ports = readPorts(flags.port);
  const config = await openConfig(terminal, { config: global.config, names: [client] });
  const { auth, network: settings } = findLogin(config, client);
  const { clock = systemClock, random = Math.random, desktop = createDesktop(terminal.env) } = terminal;
  await using network = createNetwork(terminal, global.debug, config);
  const transport = await network.open(settings);
  const injected = { clock, random, ...(transport === undefined ? { fetch: network.fetch } : { network: transport }) };
  const context: LoginContext = {
    terminal,
    clock,
    client,
    server: grantServer(auth),
    async open(redirectUri) {
      const grants = await createGrants(terminal, config, global.key);
      const options = { ...grants, ...injected, flowLifetimeMs: loginLimitMs, ...(redirectUri && { redirectUri }) };
      const opened = await openUserTokens(config, auth, options);
      if (opened.isErr()) throw opened.error;
      return opened.value;
    },
  };
  return await runLogin(context, { flags, ports, desktop });
}

interface LoginChoice {
  readonly flags: LoginFlags;
  readonly ports: readonly number[];
  readonly desktop: NonNullable<Terminal['desktop']>;
}

/** Without a browser in front of the person: a code, where the server has codes; else the URL is shown. */
async function runLogin(
  context: LoginContext,
  { flags: { device = false, browser = true }, ports, desktop }: LoginChoice,
): Promise<ExitCode> {
  const { browserObstacle, openBrowser } = desktop;
  if (device || (browser && browserObstacle !== undefined)) {
    const exitCode = await loginByDevice(context);
    if (exitCode !== undefined) return exitCode;
    if (device) throw new UsageError(`${context.server} has no endpoint for devices (RFC 8628): omit --device`);
  }
  const opensBrowser = browser && browserObstacle === undefined;
  return loginByBrowser(context, { ports, ...(opensBrowser && { openBrowser }) });
}
