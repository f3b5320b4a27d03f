import { virtualClock } from '@bearings/testing';
import type { VirtualClock } from '@bearings/testing';
import { expect, test } from 'vitest';
import { createJsonDisplay } from '../src/progress/json-display.ts';
import { createLineDisplay } from '../src/progress/line-display.ts';
import type { DisplayOptions } from '../src/progress/progress-display.ts';
import { createTerminalDisplay } from '../src/progress/terminal-display.ts';
import type { RunEvent } from '../src/run-event.ts';

const end = { type: 'finished', records: 0, pages: 0 } as const;

function page(resource: string, facts: Partial<RunEvent & { type: 'page' }> = {}): RunEvent {
  const total = { records: 0, pages: 0, bytes: 0 };
  return {
    type: 'page',
    resource,
    page: 1,
    records: 100,
    duplicates: 0,
    expected: undefined,
    isLast: false,
    total,
    ...facts,
  };
}

interface Shown {
  readonly clock: VirtualClock;
  readonly options: DisplayOptions;
  readonly text: () => string;
}

function createShown(): Shown {
  let text = '';
  const clock = virtualClock();
  const write = (more: string): void => void (text += more);
  return { clock, options: { name: 'shop', write, clock }, text: () => text };
}

/** What a terminal shows after a text with cursor movements: lines up, and cleared to the end. */
function showOnTerminal(text: string): readonly string[] {
  const lines: string[] = [];
  // eslint-disable-next-line no-control-regex
  for (const part of text.split(/(\u001b\[\d+A\u001b\[J|\n)/)) {
    const up = /\[(\d+)A/.exec(part)?.[1];
    if (up !== undefined) lines.splice(lines.length - Number(up));
    else if (part !== '\n' && part !== '') lines.push(part);
  }
  return lines;
}

const size = { columns: 100, rows: 24 };

test('a terminal shows a bar where the API says how many records there are, else a counter, with rate and time', async () => {
  const { clock, options, text } = createShown();
  const display = createTerminalDisplay(options, () => size);
  display.onEvent({ type: 'started', records: 0, pages: 0, bytes: 0 });
  display.onEvent(page('orders', { expected: 400 }));
  await clock.advance(2_000);
  display.onEvent(page('orders', { expected: 400 }));
  display.onEvent(page('customers', { records: 30 }));
  await clock.advance(2_000);

  display.close(end);

  expect(showOnTerminal(text())).toEqual([
    '▶ orders    ██████████░░░░░░░░░░ 200 of 400 records (50 %), 2 pages, 50/s, 0:04, 0:04 left',
    '▶ customers 30 records, 1 page, 15/s, 0:02',
  ]);
});

test('a list that has ended keeps its time, and is marked', async () => {
  const { clock, options, text } = createShown();
  const display = createTerminalDisplay(options, () => size);
  display.onEvent(page('orders'));
  await clock.advance(10_000);
  display.onEvent(page('orders', { isLast: true }));
  await clock.advance(60_000);

  display.close(end);

  expect(showOnTerminal(text())).toEqual(['✓ orders 200 records, 2 pages, 20/s, 0:10']);
});

test('a wait that the API asks for counts down, also while nothing happens', async () => {
  const { clock, options, text } = createShown();
  const display = createTerminalDisplay(options, () => size);
  display.onEvent(page('orders'));
  display.onEvent({ type: 'throttled', status: 429, waitMs: 90_000 });
  await clock.advance(30_000);

  expect(showOnTerminal(text())).toEqual([
    '▶ orders 100 records, 1 page, 3.4/s, 0:29',
    '  the API answered 429 and asks to wait: 1:00',
  ]);
  display.close(end);
  expect(clock.pending).toBe(0);
});

test('a warning stays above the lines, and empty pages in a row are shown', async () => {
  const { clock, options, text } = createShown();
  const display = createTerminalDisplay(options, () => size);
  display.onEvent(page('orders'));
  display.onEvent({ type: 'warning', message: 'careful' });
  for (let count = 0; count < 7; count += 1) display.onEvent(page('orders', { records: 0 }));
  await clock.advance(1_000);

  display.close(end);

  expect(showOnTerminal(text())).toEqual([
    '! shop: careful',
    '▶ orders 100 records, 8 pages, 7 empty pages in a row, 100/s, 0:01',
  ]);
});

test('no line is wider than the terminal, and there are not more than it has rows', async () => {
  const { options, text } = createShown();
  const display = createTerminalDisplay(options, () => ({ columns: 30, rows: 8 }));
  for (let count = 0; count < 50; count += 1) display.onEvent(page(`a-list-with-a-long-name-${count}`));

  display.close(end);

  const lines = showOnTerminal(text());
  expect([lines.length, Math.max(...lines.map((line) => line.length)) <= 29, lines[0]]).toEqual([
    6,
    true,
    '  and 45 more',
  ]);
});

test('a terminal is drawn ten times a second at most', async () => {
  const { clock, options, text } = createShown();
  const display = createTerminalDisplay(options, () => size);
  for (let count = 0; count < 1_000; count += 1) {
    display.onEvent(page('orders'));
    await clock.advance(1);
  }

  display.close(end);

  expect(text().split('▶').length - 1).toBeLessThanOrEqual(13);
});

test('a pipe gets a line now and then, one for each long wait, and none for a short run', async () => {
  const { clock, options, text } = createShown();
  const display = createLineDisplay(options, { isQuiet: false });
  for (let count = 0; count < 40; count += 1) {
    display.onEvent(page('orders', { expected: 8_000 }));
    await clock.advance(1_000);
  }
  display.onEvent({ type: 'throttled', status: 429, waitMs: 60_000 });
  display.onEvent({ type: 'throttled', status: 429, waitMs: 1_000 });

  display.close(end);

  expect(text()).toBe(`… shop: orders: 1600 of 8000 records (20 %), 16 pages, 107/s, 0:15, 1:00 left
… shop: orders: 3100 of 8000 records (38 %), 31 pages, 103/s, 0:30, 0:47 left
… shop: the API answered 429 and asks to wait: 1:00
`);
});

test('quiet shows warnings only', async () => {
  const { clock, options, text } = createShown();
  const display = createLineDisplay(options, { isQuiet: true });
  display.onEvent({ type: 'warning', message: 'careful' });
  await clock.advance(60_000);
  display.onEvent(page('orders'));

  display.close(end);

  expect(text()).toBe('! shop: careful\n');
});

test('--json: each event is a line, with the time and the connector', () => {
  const { options, text } = createShown();
  const display = createJsonDisplay(options);
  display.onEvent({ type: 'throttled', status: 429, waitMs: 1_000 });

  display.close(end);

  expect(text()).toBe(
    '{"at":"2026-11-06T12:00:00.000Z","connector":"shop","type":"throttled","status":429,"waitMs":1000}\n' +
      '{"at":"2026-11-06T12:00:00.000Z","connector":"shop","type":"finished","records":0,"pages":0}\n',
  );
});
