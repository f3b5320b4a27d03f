import type { JSX } from 'preact';
import { diffLines, foldLines } from '../file/line-diff.ts';
import { DiffLines } from '../file/code-lines.tsx';
import { Icon } from '../parts/icon.tsx';
import { clockTime, count } from '../parts/text.tsx';
import { listChanges, currentText, findDocument } from '../state/documents.ts';
import { ConflictDialog } from './conflict-dialog.tsx';
import { Dialog } from './dialog.tsx';
import { closeDialog, question, writeDocument } from './dialog-state.ts';

/** The dialog that is open, over the page. */
export function Dialogs(): JSX.Element | null {
  const open = question.value;
  if (open === undefined) return null;
  if (open.type === 'conflict') return <ConflictDialog id={open.id} theirs={open.theirs} />;
  if (open.type === 'failed') return <FailedDialog id={open.id} message={open.message} />;
  return <ReviewDialog id={open.id} />;
}

const baseName = (file: string): string => file.split(/[/\\]/).at(-1) ?? file;

function ReviewDialog({ id }: { readonly id: string }): JSX.Element {
  const before = findDocument(id);
  const after = currentText(id);
  const lines = diffLines(before?.text ?? '', after?.text ?? '');
  const out = lines.filter(({ type }) => type === 'del').length;
  const added = lines.filter(({ type }) => type === 'add').length;
  const changes = listChanges(id).length;
  const written = before?.version === 'absent' ? 'a new file' : `last written ${clockTime(before?.changedAt ?? 0)}`;
  return (
    <Dialog
      title={`Write ${count(changes, 'change')} to ${baseName(before?.file ?? id)}?`}
      subtitle={
        <>
          <code>{before?.file}</code>, {written}
        </>
      }
      foot={
        <>
          <span class="xs faint grow">
            {count(out, 'line')} out, {count(added, 'line')} in
          </span>
          <button class="btn second" type="button" onClick={closeDialog}>
            Not yet
          </button>
          <button class="btn primary" type="button" onClick={() => void writeDocument(id)}>
            Write the file <kbd aria-hidden="true">Ctrl ↵</kbd>
          </button>
        </>
      }
    >
      <div class="diff">
        <div class="code" role="group" aria-label="What is written">
          <DiffLines lines={foldLines(lines)} />
        </div>
      </div>
      <ProblemNotice id={id} />
      <ul class="ticks">
        {[
          'comments, order and quotes stay',
          'the old file or the new one, never half of it',
          'no secret in the file',
        ].map((tick) => (
          <li key={tick}>
            <Icon name="tick" tone="ok" />
            {tick}
          </li>
        ))}
      </ul>
    </Dialog>
  );
}

/** Problems do not stop a save: those that were there before are said, and those that are new. */
function ProblemNotice({ id }: { readonly id: string }): JSX.Element | null {
  const problems = currentText(id)?.problems ?? [];
  const before = findDocument(id)?.problems ?? [];
  const isOld = (path: string): boolean => before.some((each) => each.path === path);
  const fresh = problems.filter(({ path }) => !isOld(path));
  if (problems.length === 0) return null;
  const lines = problems.map(({ line }) => line).join(', ');
  return (
    <div class={`notice ${fresh.length > 0 ? 'bad' : 'warn'}`}>
      <Icon name={fresh.length > 0 ? 'x' : 'warn'} />
      <div>
        <h2>
          {fresh.length > 0
            ? `${count(fresh.length, 'problem')} of what you write`
            : `${count(problems.length, 'problem')} ${problems.length === 1 ? 'stays' : 'stay'} in the file`}
        </h2>
        <p>
          {fresh.length > 0 ? '' : 'They were there before. '}You can save; a service that needs these clients does not
          start until they are gone: line {lines}.
        </p>
      </div>
    </div>
  );
}

function FailedDialog({ id, message }: { readonly id: string; readonly message: string }): JSX.Element {
  return (
    <Dialog
      title="The file was not written"
      subtitle={<code>{findDocument(id)?.file}</code>}
      isWarning
      foot={
        <>
          <span class="grow" />
          <button class="btn second" type="button" onClick={closeDialog}>
            Not now
          </button>
          <button class="btn primary" type="button" onClick={() => void writeDocument(id)}>
            Try again
          </button>
        </>
      }
    >
      <div class="notice bad">
        <Icon name="x" />
        <p>{message}. Your changes are still on this page.</p>
      </div>
    </Dialog>
  );
}
