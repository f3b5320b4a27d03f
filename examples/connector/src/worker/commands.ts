import { RunError } from '../run-error.ts';
import type { QueueCommand } from './command-options.ts';
import { enqueueCommand, scheduleCommand, statusCommand } from './queue-commands.ts';
import { workerCommand } from './worker-command.ts';
import type { CommandContext } from './worker-command.ts';

const commands = { worker: workerCommand, enqueue: enqueueCommand, schedule: scheduleCommand, status: statusCommand };

/**
 * Runs a command of the queue; `undefined` when it succeeded. SIGTERM and SIGINT end a worker after the pages in
 * progress, and a status that is served; a second one ends it at once.
 */
export async function runQueueCommand(
  command: QueueCommand,
  args: readonly string[],
  { env, print, log }: Pick<CommandContext, 'env' | 'print' | 'log'>,
): Promise<RunError | undefined> {
  const stop = new AbortController();
  const end = (signal: NodeJS.Signals): void => {
    if (command === 'worker') log(`• ${signal}: the runs end after their pages`);
    stop.abort();
  };
  const isServing = command === 'worker' || args.some((arg) => arg.startsWith('--serve'));
  const signals = isServing ? (['SIGTERM', 'SIGINT'] as const) : [];
  for (const signal of signals) process.once(signal, end);
  try {
    await commands[command](args, { env, print, log, stop: stop.signal });
    return undefined;
  } catch (error) {
    if (error instanceof RunError) return error;
    throw error;
  } finally {
    for (const signal of signals) process.off(signal, end);
  }
}
