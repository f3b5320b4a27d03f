import type { JSX } from 'preact';
import type { DocumentState } from '../../src/documents/studio-document.ts';
import { DiffLines } from '../file/code-lines.tsx';
import { diffLines, foldLines } from '../file/line-diff.ts';
import type { DiffLine } from '../file/line-diff.ts';
import { count, clockTime } from '../parts/text.tsx';
import { listChanges, currentText, findDocument } from '../state/documents.ts';
import { Dialog } from './dialog.tsx';
import { keepMine, takeTheirs } from './dialog-state.ts';

const baseName = (file: string): string => file.split(/[/\\]/).at(-1) ?? file;

/** The file was changed by something else: both versions, and three ways to go on. Nothing has been written. */
export function ConflictDialog({ id, theirs }: { readonly id: string; readonly theirs: DocumentState }): JSX.Element {
  const base = findDocument(id)?.text ?? '';
  const [left, right] = [diffLines(base, theirs.text), diffLines(base, currentText(id)?.text ?? '')];
  const changes = listChanges(id).length;
  const hasBoth = theirs.isReadable;
  return (
    <Dialog
      title={`${baseName(theirs.file)} was changed by something else`}
      subtitle={`At ${clockTime(theirs.changedAt)}, after you opened it. Nothing has been written.${touching(left, right)}`}
      isWarning
      foot={
        <>
          <button class="btn danger" type="button" onClick={() => keepMine(theirs)}>
            Write mine over theirs
          </button>
          <span class="grow" />
          <button class="btn second" type="button" onClick={() => takeTheirs(theirs, false)}>
            Drop mine, take theirs
          </button>
          {hasBoth ? (
            <button class="btn primary" type="button" onClick={() => takeTheirs(theirs, true)}>
              Put my {count(changes, 'change')} into theirs
            </button>
          ) : null}
        </>
      }
    >
      <div class="versions">
        <Version title="On disk now" lines={left} look="theirs" />
        <Version title="Yours" lines={right} look="changed" />
      </div>
    </Dialog>
  );
}

function Version(props: {
  readonly title: string;
  readonly lines: readonly DiffLine[];
  readonly look: 'theirs' | 'changed';
}): JSX.Element {
  const { title, lines, look } = props;
  const shown = foldLines(lines).filter(({ type }) => type !== 'del');
  const differing =
    lines.filter(({ type }) => type === 'add').length || lines.filter(({ type }) => type === 'del').length;
  return (
    <section class="diff" aria-label={title}>
      <header>
        <h2 class="grow">{title}</h2>
        <span class="badge">
          {count(differing, 'line')} {differing === 1 ? 'differs' : 'differ'}
        </span>
      </header>
      <div class="code" role="group" aria-label={title}>
        <DiffLines lines={shown} looks={{ add: look }} />
      </div>
    </section>
  );
}

/** Whether both have changed the same lines of the common version. */
function touching(left: readonly DiffLine[], right: readonly DiffLine[]): string {
  const gone = (lines: readonly DiffLine[]) =>
    new Set(lines.filter(({ type }) => type === 'del').map((line) => line.number));
  const [ours, others] = [gone(right), gone(left)];
  const same = [...ours].filter((number) => others.has(number)).length;
  return same === 0 ? ' Your changes and theirs touch different lines.' : ` Both touch ${count(same, 'line')}.`;
}
