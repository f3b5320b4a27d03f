import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** The entry points for authors of packages like these; their reference is the API pages. */
const forAuthors = /client-layer|oauth-bearer-(?:sealing|source)/;

const optionsInterface = /export interface (\w*(?:Options|Config|Init)) ?[^{]*\{([^}]*)\}/g;

/** Every member of the interfaces of options, as the API reports have them. */
const members: readonly string[] = globSync('etc/api/*.api.md')
  .filter((file) => !forAuthors.test(file))
  .flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(optionsInterface)].flatMap(([, owner = '', body = '']) =>
      [...body.matchAll(/^\s+(?:readonly )?(\w+)\??:/gm)].map(([, name = '']) => `${owner}.${name}`),
    ),
  );

/** The words of all code in the documentation, in lines and in blocks. */
const words: ReadonlySet<string> = new Set(
  globSync(['docs/*.md', 'docs/{how-to,explanation,tutorials,migrate}/*.md', 'packages/*/README.md'])
    .map((file) => readFileSync(file, 'utf8'))
    .flatMap((text) => text.match(/```[^]*?```|`[^`\n]+`/g) ?? [])
    .flatMap((code) => code.match(/\w+/g) ?? []),
);

test('the documentation names every option', () => {
  expect(members.length).toBeGreaterThan(200);
  expect(members.filter((member) => !words.has(member.split('.')[1] ?? ''))).toEqual([]);
});
