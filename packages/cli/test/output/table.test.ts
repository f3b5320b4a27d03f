import { array, assert, constantFrom, integer, property, record, string } from 'fast-check';
import { expect, test } from 'vitest';
import { table, toWords } from '../../src/output/table.ts';
import type { Cell, ApplyStyle, Row } from '../../src/output/table.ts';

const plain: ApplyStyle = (_, text) => text;
const marked: ApplyStyle = (style, text) => `<${style}>${text}</>`;

const shops: readonly Row[] = [
  { cells: [toWords('orders, stock'), toWords('https://id.internal'), toWords('orders.read orders.write')] },
  { cells: [toWords('invoices'), toWords('https://id.internal'), []], notes: toWords('✗ there is no token', 'red') },
];
const titles = ['CLIENTS', 'FROM', 'SCOPES'];

test('a row that fits is one line, with its notes below', () => {
  expect(table({ titles, rows: shops, width: 80, applyStyle: plain })).toEqual([
    'CLIENTS        FROM                 SCOPES',
    'orders, stock  https://id.internal  orders.read orders.write',
    'invoices       https://id.internal',
    '  ✗ there is no token',
  ]);
});

test('in a narrow table words wrap before they are split', () => {
  expect(table({ titles, rows: shops, width: 50, applyStyle: plain })).toEqual([
    'CLIENTS        FROM                 SCOPES',
    'orders, stock  https://id.internal  orders.read',
    '                                    orders.write',
    'invoices       https://id.internal',
    '  ✗ there is no token',
  ]);
});

test('when no table fits, each row is a block', () => {
  expect(table({ titles, rows: shops, width: 30, applyStyle: plain })).toEqual([
    'CLIENTS  orders, stock',
    'FROM     https://id.internal',
    'SCOPES   orders.read',
    '         orders.write',
    '',
    'CLIENTS  invoices',
    'FROM     https://id.internal',
    '  ✗ there is no token',
    '',
  ]);
});

test('a style covers neighbouring words, but not the gap between columns', () => {
  const rows = [{ cells: [toWords('works well', 'green'), toWords('here')] }];

  expect(table({ titles: ['STATE', 'WHERE'], rows, width: 80, applyStyle: marked })).toEqual([
    '<dim>STATE</>       <dim>WHERE</>',
    '<green>works well</>  here',
  ]);
});

const word = string({ unit: constantFrom('a', 'b', '.', '/'), minLength: 1, maxLength: 40 });
const cell = array(word, { maxLength: 6 }).map((words): Cell => words.map((text) => ({ text })));
const row = record({ cells: array(cell, { minLength: 4, maxLength: 4 }), notes: cell });

test('no line is wider than the terminal, and no character is lost', () => {
  assert(
    property(array(row, { minLength: 1, maxLength: 4 }), integer({ min: 30, max: 160 }), (rows, width) => {
      const lines = table({ titles: ['ONE', 'TWO', 'THREE', 'FOUR'], rows, width, applyStyle: plain });

      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width);
      const given = rows.flatMap(({ cells, notes }) => [...cells.flat(), ...notes]).map(({ text }) => text);
      expect(countLetters(lines.join(''))).toEqual(countLetters(given.join('')));
    }),
  );
});

/** Counts characters, because words are split and columns stand side by side. */
const countLetters = (text: string): readonly number[] =>
  ['a', 'b', '.', '/'].map((letter) => text.split(letter).length);
