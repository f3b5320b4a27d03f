import type { JSX } from 'preact';
import { listChanges, savedAt } from '../state/documents.ts';
import { openReview } from '../dialogs/dialog-state.ts';
import { Icon } from './icon.tsx';
import { PaneSwitch } from './pane-switch.tsx';
import { clockTime, count } from './text.tsx';

/** The title of a document or client, and what can be done with it. */
export function DocumentHead(props: {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly panes: readonly [string, string];
  /** Changes of what the form shows. */
  readonly changes: number;
  readonly onTest?: (() => void) | undefined;
  readonly onRemove?: (() => void) | undefined;
}): JSX.Element {
  const { id, title, note, onTest, onRemove } = props;
  return (
    <div class="pane-head">
      <div class="grow title">
        <h1>{title}</h1>
        <span class="xs faint hide-narrow">{note}</span>
      </div>
      <PaneSwitch names={props.panes} />
      {onRemove === undefined ? null : (
        <button type="button" class="btn ghost icon" aria-label={`Remove ${title}`} onClick={onRemove}>
          <Icon name="trash" />
        </button>
      )}
      {onTest === undefined ? null : (
        <button type="button" class="btn second" onClick={onTest}>
          <Icon name="play" />
          Test <kbd aria-hidden="true">Ctrl ↵</kbd>
        </button>
      )}
      <ReviewButton id={id} />
    </div>
  );
}

/** Reviews the changes; after saving it says when that was. */
function ReviewButton({ id }: { readonly id: string }): JSX.Element {
  const changes = listChanges(id).length;
  const saved = savedAt.value.get(id);
  if (changes > 0) {
    return (
      <button type="button" class="btn primary" onClick={() => openReview(id)}>
        Review {count(changes, 'change')} <kbd aria-hidden="true">Ctrl S</kbd>
      </button>
    );
  }
  return (
    <button type="button" class="btn primary" aria-disabled="true" aria-live="polite">
      {saved === undefined ? null : <Icon name="tick" />}
      {saved === undefined ? 'No changes' : `Saved ${clockTime(saved)}`}
    </button>
  );
}
