import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { allowedNames, exceptions, oldWords, unfinished } from './old-words.ts';

/** Sources, tests and pages. Changelogs describe the past; the fault catalogue and the golden files have tests of their own. */
const files = globSync(['*.md', 'docs/**/*.md', '{bench,examples,packages,test}/**/*.{ts,tsx,md}'])
  .filter((file) => !/(?:^|\/)(?:node_modules|dist|golden)\/|CHANGELOG\.md$/.test(file))
  .filter((file) => !unfinished.some((path) => file.startsWith(path)));

interface Line {
  readonly file: string;
  readonly number: number;
  readonly text: string;
}

/** The name of a test in a page: it is checked in its own file. */
const testReference = /`\S+ › [^`]+`/g;

/** Each line of each file; line 0 is the path. */
const lines: readonly Line[] = files.flatMap((file) =>
  [file, ...readFileSync(file, 'utf8').split('\n')].map((line, number) => ({
    file,
    number,
    text: line.replaceAll(testReference, ''),
  })),
);

/** Names are read as words: `isOpenNow` as "is Open Now", `open-now.ts` as "open now.ts". */
const toWords = (text: string): string => text.replaceAll(/(?<=[a-z\d])(?=[A-Z])|[-_]/g, ' ');

const show = ({ file, number, text }: Line, advice: string): string => `${file}:${number} ${advice} ${text.trim()}`;

test('no source, test or page uses a word of the old language', () => {
  const patterns = oldWords.map(([words, instead]) => ({ pattern: new RegExp(`\\b(?:${words})\\b`, 'i'), instead }));

  const found = lines.flatMap((line) => {
    if (exceptions.some(({ file, text }) => line.file === file && line.text.includes(text))) return [];
    const words = toWords(line.text);
    const { instead } = patterns.find(({ pattern }) => pattern.test(line.text) || pattern.test(words)) ?? {};
    return instead === undefined ? [] : [show(line, `[write ${instead}]`)];
  });

  expect(found.join('\n')).toBe('');
});

/** Functions, constants, types, members and parameters, and files named after them. */
const declaration =
  /\b(?:function\*?|const|let|class|type|interface|readonly|get|set|static|async)\s+#?(\w+Of)\b|^\s+(?:async )?#?(\w+Of)\s*(?:<[^>]*>)?\(.*\{$|[(,]\s*(\w+Of)\??:/;

test('a name starts with a verb or is a noun, and does not end in Of', () => {
  const found = lines.flatMap((line) => {
    if (/(?:^|\/)[\w-]+-of(?:-[\w-]+)?\.[\w.]+$/.test(line.number === 0 ? line.text : ''))
      return [show(line, '[file]')];
    if (!line.file.endsWith('.ts')) return [];
    const name = declaration
      .exec(line.text)
      ?.slice(1)
      .find((group) => group !== undefined);
    const isAllowed = name === undefined || allowedNames.some((allowed) => allowed.name === name);
    return isAllowed ? [] : [show(line, `[${name}]`)];
  });

  expect(found.join('\n')).toBe('');
});

/** The name of a test, where the line that declares it has it. */
const testName =
  /\b(?:test|it)(?:\.(?:skip|only|fails|skipIf\(.*?\)|each(?:<.*>)?\(.*\)))*\(\s*(['"`])(.+?)\1,|^\]\)\((['"`])(.+?)\3,/;

test('the name of a test is a sentence about behaviour', () => {
  const wrong = lines.flatMap((line) => {
    if (!/\.(?:test|deep)\.ts$/.test(line.file)) return [];
    const [, , plain, , each] = testName.exec(line.text) ?? [];
    const name = plain ?? each;
    return name === undefined || isSentence(name) ? [] : [show(line, '[name]')];
  });

  expect(wrong.join('\n')).toBe('');
});

/** At least three words, or a parameter; no wish or title at the start, and no full stop at the end. */
function isSentence(name: string): boolean {
  const hasWords = name.includes('%') || name.split(' ').length >= 3;
  return hasWords && !/^(?:should|test|it|works|who) /i.test(name) && !name.endsWith('.');
}

test('each exception has a reason and is still needed', () => {
  const unused = exceptions.filter(
    ({ file, text, why }) => why === '' || !lines.some((line) => line.file === file && line.text.includes(text)),
  );

  expect(unused).toEqual([]);
});
