import type { JSX } from 'preact';
import { Icon } from '../parts/icon.tsx';
import { count } from '../parts/text.tsx';
import type { Folded } from './line-diff.ts';

/** The look of a line: its mark, and the word for those who do not see it. */
const looks = {
  same: { style: '', mark: '', word: '' },
  changed: { style: 'changed', mark: '~', word: 'changed: ' },
  theirs: { style: 'theirs', mark: '~', word: 'changed: ' },
  add: { style: 'add', mark: '+', word: 'added: ' },
  del: { style: 'del', mark: '−', word: 'removed: ' },
} as const;

/** How a line is shown. */
export type LineLook = keyof typeof looks;

/** A line of YAML, with its number and its mark. */
export function CodeLine(props: {
  readonly number: number;
  readonly text: string;
  readonly look: LineLook;
  readonly isProblem?: boolean;
}): JSX.Element {
  const { number, text, look, isProblem = false } = props;
  const { style, mark, word } = looks[look];
  return (
    <div class={`ln ${style}${isProblem ? ' problem' : ''}`} data-line={number}>
      <span class="no">{number}</span>
      <span class="mk">
        {isProblem ? <Icon name="x" /> : mark === '' ? null : <span aria-hidden="true">{mark}</span>}
      </span>
      <span class="tx">
        {word === '' && !isProblem ? null : <span class="vh">{isProblem ? 'problem: ' : word}</span>}
        <Yaml text={text} isProblem={isProblem} />
      </span>
    </div>
  );
}

/** `indent`, `key`, colon and the rest of a line, or a comment. */
function Yaml({ text, isProblem }: { readonly text: string; readonly isProblem: boolean }): JSX.Element {
  const [code, comment] = splitComment(text);
  const parts = /^([\s-]*)("[^"]*"|[\w$./-]+)(:(?:\s|$).*|:)$/.exec(code);
  const [indent, key, rest] = parts === null ? [code, '', ''] : [parts[1] ?? '', parts[2] ?? '', parts[3] ?? ''];
  const value = rest.slice(1);
  return (
    <>
      {indent === '' && key === '' && comment === '' ? ' ' : indent}
      {key === '' ? null : <span class="k">{key}</span>}
      {key === '' ? null : ':'}
      {isProblem && value.trim() !== '' ? (
        <>
          {' '}
          <span class="wave">{value.trim()}</span>
        </>
      ) : (
        value
      )}
      {comment === '' ? null : <span class="c">{comment}</span>}
    </>
  );
}

function splitComment(text: string): readonly [string, string] {
  const start = /^\s*#/.test(text) ? text.search(/#/) : text.search(/\s#(?=[^"']*$)/);
  return start < 0 ? [text, ''] : [text.slice(0, start), text.slice(start)];
}

/** Lines of a comparison, with a note in place of those that are folded away. */
export function DiffLines({
  lines,
  looks: shown,
}: {
  readonly lines: readonly Folded[];
  readonly looks?: Readonly<Partial<Record<'add' | 'del', LineLook>>>;
}): JSX.Element {
  return (
    <>
      {lines.map((line, place) =>
        line.type === 'fold' ? (
          <div class="fold" key={place}>
            {count(line.hidden, 'line')}
          </div>
        ) : (
          <CodeLine
            key={place}
            number={line.number}
            text={line.text}
            look={line.type === 'same' ? 'same' : (shown?.[line.type] ?? line.type)}
          />
        ),
      )}
    </>
  );
}
