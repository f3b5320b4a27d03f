/** What an act throws or rejects with; fails when it does neither. */
export async function caught(act: () => unknown): Promise<Error> {
  try {
    await act();
  } catch (error) {
    if (error instanceof Error) return error;
    throw new TypeError('something other than an error was thrown', { cause: error });
  }
  throw new TypeError('nothing was thrown');
}
