import { closestName } from '@bearings/client/layer';
import { exitCodes } from '../../exit-codes.ts';
import type { ExitCode } from '../../exit-codes.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { UsageError } from '../../usage-error.ts';
import { scripts } from './scripts.ts';
import { isShell, shells } from './shells.ts';

/** @throws UsageError for a shell without a script */
export async function printScript({ stdout }: Terminal, shell: string): Promise<ExitCode> {
  if (!isShell(shell)) {
    const meant = closestName(shell, [...shells]);
    const hint = meant === undefined ? `the shells are ${shells.join(', ')}` : `did you mean ${meant}?`;
    throw new UsageError(`there is no completion for ${JSON.stringify(shell)}: ${hint}`);
  }
  await stdout.write(scripts[shell]);
  return exitCodes.ok;
}
