import { array, assert, constantFrom, integer, property, record, string } from 'fast-check';
import { expect, test } from 'vitest';
import { table, wordsOf } from '../src/output/table.ts';
import type { Cell, Paint, Row } from '../src/output/table.ts';

const plain: Paint = (_, text) => text;
const marked: Paint = (style, text) => `<${style}>${text}</>`;

const shops: readonly Row[] = [
  { cells: [wordsOf('orders, stock'), wordsOf('https://id.internal'), wordsOf('orders.read orders.write')] },
  { cells: [wordsOf('invoices'), wordsOf('https://id.internal'), []], notes: wordsOf('✗ there is no token', 'red') },
];
const titles = ['CLIENTS', 'FROM', 'SCOPES'];

test('with room for all of it, each row is a line, with its notes below', () => {
  expect(table({ titles, rows: shops, width: 80, paint: plain })).toEqual([
    'CLIENTS        FROM                 SCOPES',
    'orders, stock  https://id.internal  orders.read orders.write',
    'invoices       https://id.internal',
    '  ✗ there is no token',
  ]);
});

test('where it is narrow, words wrap before words break', () => {
  expect(table({ titles, rows: shops, width: 50, paint: plain })).toEqual([
    'CLIENTS        FROM                 SCOPES',
    'orders, stock  https://id.internal  orders.read',
    '                                    orders.write',
    'invoices       https://id.internal',
    '  ✗ there is no token',
  ]);
});

test('where no table fits, each row is a block', () => {
  expect(table({ titles, rows: shops, width: 30, paint: plain })).toEqual([
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

test('a style reaches from word to word, and never into the space between columns', () => {
  const rows = [{ cells: [wordsOf('all is well', 'green'), wordsOf('here')] }];

  expect(table({ titles: ['STATE', 'WHERE'], rows, width: 80, paint: marked })).toEqual([
    '<dim>STATE</>        <dim>WHERE</>',
    '<green>all is well</>  here',
  ]);
});

const word = string({ unit: constantFrom('a', 'b', '.', '/'), minLength: 1, maxLength: 40 });
const cell = array(word, { maxLength: 6 }).map((words): Cell => words.map((text) => ({ text })));
const row = record({ cells: array(cell, { minLength: 4, maxLength: 4 }), notes: cell });

test('no line is wider than the terminal, and no letter is lost', () => {
  assert(
    property(array(row, { minLength: 1, maxLength: 4 }), integer({ min: 30, max: 160 }), (rows, width) => {
      const lines = table({ titles: ['ONE', 'TWO', 'THREE', 'FOUR'], rows, width, paint: plain });

      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width);
      const given = rows.flatMap(({ cells, notes }) => [...cells.flat(), ...notes]).map(({ text }) => text);
      expect(lettersOf(lines.join(''))).toEqual(lettersOf(given.join('')));
    }),
  );
});

/** How many of each, as words are broken and columns stand side by side. */
const lettersOf = (text: string): readonly number[] => ['a', 'b', '.', '/'].map((letter) => text.split(letter).length);
