import { expect, test } from 'vitest';
import { reportSeldom } from '../src/worker/report-seldom.ts';

function createReport(): {
  readonly reported: string[];
  readonly report: ReturnType<typeof reportSeldom>;
  readonly wait: (ms: number) => void;
} {
  const reported: string[] = [];
  let now = 0;
  return {
    reported,
    report: reportSeldom(
      (text) => void reported.push(text),
      () => now,
    ),
    wait: (ms) => {
      now += ms;
    },
  };
}

test('a message that repeats is reported once a minute, whichever loop it comes from', () => {
  const { reported, report, wait } = createReport();

  report({ message: 'no answer (Queue: connector-runs, Worker: 1)' });
  report({ message: 'no answer (Queue: connector-runs, Worker: 2)' });
  wait(59_999);
  report({ message: 'no answer' });
  wait(1);
  report({ message: 'no answer' });

  expect(reported).toEqual(['no answer', 'no answer']);
});

test('another message is reported at once', () => {
  const { reported, report } = createReport();

  report({ message: 'no answer' });
  report({ message: 'no space' });

  expect(reported).toEqual(['no answer', 'no space']);
});

test('an error without a message is reported by its code', () => {
  const { reported, report } = createReport();

  report({ message: '', code: 'ECONNREFUSED' });

  expect(reported).toEqual(['ECONNREFUSED']);
});

test('each of many different messages is reported', () => {
  const { reported, report } = createReport();

  for (let index = 0; index < 1_000; index += 1) report({ message: `no row ${index}` });

  expect(reported).toHaveLength(1_000);
});
