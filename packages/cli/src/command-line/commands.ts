import { authClearCommand } from '../commands/auth-clear/auth-clear-command.ts';
import { authStatusCommand } from '../commands/auth-status/auth-status-command.ts';
import { authTokenCommand } from '../commands/auth-token/auth-token-command.ts';
import { callCommand } from '../commands/call/call-command.ts';
import { completionCommand } from '../commands/completion/completion-command.ts';
import { clientsCommand } from '../commands/clients/clients-command.ts';
import { doctorCommand } from '../commands/doctor/doctor-command.ts';
import { explainCommand } from '../commands/explain/explain-command.ts';
import { helpCommand } from '../commands/help/help-command.ts';
import { initCommand } from '../commands/init/init-command.ts';
import { loginCommand } from '../commands/login/login-command.ts';
import { logoutCommand } from '../commands/logout/logout-command.ts';
import { studioCommand } from '../commands/studio/studio-command.ts';
import type { CommandSpec } from './command-spec.ts';

/** Every command, in the order of help. A group comes before its commands. */
export const commands: readonly CommandSpec[] = [
  callCommand,
  loginCommand,
  logoutCommand,
  { name: 'auth', summary: 'show the state of tokens, print a token, or delete stored tokens' },
  authStatusCommand,
  authTokenCommand,
  authClearCommand,
  clientsCommand,
  doctorCommand,
  explainCommand,
  initCommand,
  studioCommand,
  completionCommand,
  helpCommand,
];
