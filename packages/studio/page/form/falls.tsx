import type { JSX } from 'preact';
import { isFields, isList } from '../../src/documents/value.ts';
import type { Value } from '../../src/documents/value.ts';
import { Icon } from '../parts/icon.tsx';
import { count } from '../parts/text.tsx';
import { formatInput, formatShort } from './parse-input.ts';
import { undoLast, undoSteps } from './stash.ts';

/** What leaves the file by a switch of modes, and how to undo it. */
export function Falls(props: {
  readonly fields: readonly (readonly [string, Value])[];
  readonly mode: string;
  readonly note?: string;
}): JSX.Element | null {
  const { fields, mode, note = '' } = props;
  if (fields.length === 0) return null;
  return (
    <div class="notice warn" role="status">
      <Icon name="warn" />
      <div>
        <h3>
          {count(fields.length, 'field')} of {mode} {fields.length === 1 ? 'leaves' : 'leave'} the file when you save
        </h3>
        <dl class="falls">
          {fields.map(([name, value]) => (
            <>
              <dt>
                <span aria-hidden="true">−</span> <code>{name}</code>
              </dt>
              <dd>
                <code>{summarize(value)}</code>
              </dd>
            </>
          ))}
        </dl>
        <p class="xs">They are kept on this page until you close it. {note}</p>
      </div>
      {undoSteps.value.length === 0 ? null : (
        <div class="act">
          <button class="btn second small" type="button" onClick={undoLast}>
            <Icon name="undo" />
            Undo <kbd aria-hidden="true">Ctrl Z</kbd>
          </button>
        </div>
      )}
    </div>
  );
}

/** A value in one line: of a group the names of its fields, of a list of groups their names. */
function summarize(value: Value): string {
  if (isFields(value)) return Object.keys(value).join(', ');
  if (!isList(value) || !value.some(isFields)) return formatShort(value);
  return value.map((item) => (isFields(item) ? formatInput(item['name']) : formatInput(item))).join(', ');
}
