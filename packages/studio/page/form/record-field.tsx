import { useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { fieldsAt, setField } from '../state/documents.ts';
import { presentNames } from '../../src/documents/value.ts';
import { Icon } from '../parts/icon.tsx';
import { FieldMessage, controlId, lastName } from './field-frame.tsx';
import type { FieldProps } from './field-frame.tsx';
import { AnyField } from './any-field.tsx';
import { fieldLabel } from './labels.ts';
import { readSchema } from './schema.ts';

/** Fields whose names the user chooses, such as headers. */
export function RecordField(props: FieldProps): JSX.Element {
  const { id, path, schema, label = fieldLabel(lastName(path)) } = props;
  const names = presentNames(fieldsAt(id, path));
  return (
    <fieldset class="field" id={controlId(id, path)} tabIndex={-1}>
      <legend class="label">
        {label} <code class="key">{lastName(path)}</code>
      </legend>
      {names.map((name) => (
        <div class="record-row" key={name}>
          <AnyField id={id} path={[...path, name]} schema={schema.values ?? readSchema({})} label={name} help={null} />
          <button
            type="button"
            class="btn ghost icon"
            aria-label={`Remove ${name}`}
            onClick={() => setField(id, names.length === 1 ? path : [...path, name], undefined)}
          >
            <Icon name="trash" />
          </button>
        </div>
      ))}
      <AddName label={label} onAdd={(name) => setField(id, [...path, name], '')} />
      <FieldMessage {...props} />
    </fieldset>
  );
}

function AddName({ label, onAdd }: { readonly label: string; readonly onAdd: (name: string) => void }): JSX.Element {
  const [name, setName] = useState('');
  const add = (): void => {
    if (name.trim() === '') return;
    onAdd(name.trim());
    setName('');
  };
  return (
    <div class="record-row">
      <div class="input mono-in">
        <input
          aria-label={`Name of another in ${label}`}
          placeholder="name"
          value={name}
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => setName(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            add();
          }}
        />
      </div>
      <button type="button" class="btn ghost small" onClick={add}>
        <Icon name="plus" />
        Add
      </button>
    </div>
  );
}
