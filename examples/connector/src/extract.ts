import type { Journal } from './journal.ts';
import type { Task } from './task.ts';

/**
 * Pulls all pages of the journal's plan, so many at a time, and those that follow from them.
 *
 * After a failure no further page is requested; those in progress are finished, and the failure is thrown.
 */
export async function extract(
  journal: Journal,
  { concurrency, pull }: { readonly concurrency: number; readonly pull: (task: Task) => Promise<void> },
): Promise<void> {
  const inProgress = new Map<Task, Promise<void>>();
  const start = async (task: Task): Promise<void> => {
    try {
      await pull(task);
    } finally {
      inProgress.delete(task);
    }
  };
  const fill = (): void => {
    const waiting = journal.checkpoint.todo.filter((task) => !inProgress.has(task));
    for (const task of waiting.slice(0, concurrency - inProgress.size)) inProgress.set(task, start(task));
  };
  try {
    while (journal.checkpoint.todo.length > 0) {
      fill();
      await Promise.race(inProgress.values());
    }
  } finally {
    await Promise.allSettled(inProgress.values());
  }
}
