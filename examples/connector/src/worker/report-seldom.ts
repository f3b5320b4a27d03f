const minuteMs = 60_000;
const mostTexts = 100;

/**
 * Reports an error's message, and the same message again only after a minute: while a database is away, each of many
 * loops fails each second.
 *
 * @param now - the current time, in milliseconds since the epoch
 */
export function reportSeldom(
  report: (text: string) => void,
  now: () => number = Date.now,
): (error: { readonly message: string; readonly code?: unknown }) => void {
  const reportedAt = new Map<string, number>();
  return ({ message, code }) => {
    const withoutPlace = message.replace(/ \(Queue: [^)]*\)$/, '').trim();
    const text = withoutPlace === '' ? String(code) : withoutPlace;
    if (now() - (reportedAt.get(text) ?? -Infinity) < minuteMs) return;
    if (reportedAt.size >= mostTexts) reportedAt.clear();
    reportedAt.set(text, now());
    report(text);
  };
}
