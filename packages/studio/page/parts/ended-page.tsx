import type { JSX } from 'preact';
import { listChanges, currentText, documents, studio } from '../state/documents.ts';
import { Icon } from './icon.tsx';
import { Blank, count } from './text.tsx';

/** The studio has ended. Edits that were not saved can still be copied. */
export function EndedPage(): JSX.Element {
  const changed = documents.value.find(({ id }) => listChanges(id).length > 0);
  const copy = (): void => void navigator.clipboard.writeText(currentText(changed?.id ?? '')?.text ?? '');
  return (
    <Blank
      title="This session has ended"
      acts={
        changed === undefined ? undefined : (
          <button class="btn primary" type="button" onClick={copy}>
            <Icon name="copy" />
            Copy the changed file
          </button>
        )
      }
      foot={
        <>
          To go on: <code>{studio.value?.command}</code>, and open the URL that it prints.
        </>
      }
    >
      Nothing happened for {studio.value?.idleMinutes} minutes, so the studio stopped.
      {changed === undefined ? ' There was nothing left to save.' : describeLost(listChanges(changed.id).length)}
    </Blank>
  );
}

const describeLost = (changes: number): string =>
  changes === 1
    ? ' Your 1 change was not saved: it is in this tab and nowhere else.'
    : ` Your ${count(changes, 'change')} were not saved: they are in this tab and nowhere else.`;

/** The page was loaded, and the studio has gone before it could be read. */
export function AwayPage(): JSX.Element {
  return (
    <Blank title="The studio does not answer" foot={<>Start it again, and open the URL that it prints.</>}>
      This page is here, but the program behind it is not: it was stopped, or it has failed.
    </Blank>
  );
}
