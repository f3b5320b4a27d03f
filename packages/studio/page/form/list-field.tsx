import { useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { currentValue, savedField, setField } from '../state/documents.ts';
import { isList } from '../../src/documents/value.ts';
import type { Value } from '../../src/documents/value.ts';
import { Icon } from '../parts/icon.tsx';
import { FieldMessage, controlId, lastName, findProblem } from './field-frame.tsx';
import type { FieldProps } from './field-frame.tsx';
import { fieldLabel } from './labels.ts';
import { formatInput, parseInput } from './parse-input.ts';
import { valueAt } from './paths.ts';
import { readSchema } from './schema.ts';

/** A list of words or numbers as chips: those that are set, those that are offered, and a place for another. */
export function ListField(props: FieldProps & { readonly offered?: readonly string[] }): JSX.Element {
  const { id, path, schema, offered = [], label = fieldLabel(lastName(path)), note } = props;
  const given = valueAt(currentValue(id), path);
  const items: readonly Value[] = isList(given) ? given : given === undefined ? [] : [given];
  const before = savedField(id, path);
  const wasSet = (item: Value): boolean => isList(before) && before.includes(item);
  const known = [...new Set([...(isList(before) ? before : []), ...items, ...offered])];
  const toggle = (item: Value, isOn: boolean): void => {
    const next = isOn ? [...items, item] : items.filter((each) => each !== item);
    setField(id, path, next.length === 0 && before === undefined ? undefined : next);
  };
  return (
    <fieldset
      class={`field${findProblem(id, path) === undefined ? '' : ' is-bad'}`}
      id={controlId(id, path)}
      tabIndex={-1}
    >
      <legend class="label">
        {label} {note === undefined ? null : <small>{note}</small>}
        <code class="key">{lastName(path)}</code>
      </legend>
      <div class="chips">
        {known.map((item) => (
          <Chip
            key={formatInput(item)}
            text={formatInput(item)}
            isOn={items.includes(item)}
            isNew={items.includes(item) !== wasSet(item)}
            onToggle={(isOn) => toggle(item, isOn)}
          />
        ))}
        <AddChip
          label={label}
          onAdd={(text) => {
            const item = parseInput(text, schema.items ?? readSchema({}));
            if (item !== undefined && !items.includes(item)) toggle(item, true);
          }}
        />
      </div>
      <FieldMessage {...props} />
    </fieldset>
  );
}

interface ChipProps {
  readonly text: string;
  readonly isOn: boolean;
  readonly isNew: boolean;
  readonly onToggle: (isOn: boolean) => void;
}

function Chip({ text, isOn, isNew, onToggle }: ChipProps): JSX.Element {
  return (
    <label class={`chip${isNew ? ' new' : ''}`}>
      <input type="checkbox" checked={isOn} onChange={(event) => onToggle(event.currentTarget.checked)} />
      <span class="box">
        <Icon name="tick" />
      </span>
      {text}
      {isNew ? <span class="vh"> (changed)</span> : null}
    </label>
  );
}

function AddChip({ label, onAdd }: { readonly label: string; readonly onAdd: (text: string) => void }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  if (!isOpen) {
    return (
      <button type="button" class="chip chip-add" onClick={() => setOpen(true)}>
        <Icon name="plus" />
        another<span class="vh"> of {label}</span>
      </button>
    );
  }
  const finish = (text: string): void => {
    setOpen(false);
    if (text.trim() !== '') onAdd(text.trim());
  };
  return (
    <input
      class="chip chip-input"
      aria-label={`Another of ${label}`}
      ref={(element) => element?.focus()}
      onBlur={(event) => finish(event.currentTarget.value)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') setOpen(false);
        if (event.key !== 'Enter') return;
        event.preventDefault();
        finish(event.currentTarget.value);
      }}
    />
  );
}
