import type { JSX } from 'preact';
import { currentValue, fieldsAt, savedField, setField } from '../state/documents.ts';
import { isFields } from '../../src/documents/value.ts';
import type { Fields as FieldValues } from '../../src/documents/value.ts';
import { Fields, UnknownFields } from './any-field.tsx';
import { Falls } from './falls.tsx';
import { controlId, FieldMessage, lastName } from './field-frame.tsx';
import type { FieldProps } from './field-frame.tsx';
import { fieldLabel } from './labels.ts';
import { formatInput } from './parse-input.ts';
import { formatPath } from './paths.ts';
import { discriminator, findVariant } from './schema.ts';
import type { Schema } from './schema.ts';
import { recall, remember, undoSteps } from './stash.ts';
import { fallenFields, switchVariant } from './switch-variant.ts';

/** One of several modes. */
export interface Mode {
  readonly type: string;
  readonly label: string;
}

/** A row of modes, of which one is chosen. */
export function ModeRow(props: {
  readonly name: string;
  readonly label: string;
  readonly modes: readonly Mode[];
  readonly chosen: string;
  readonly onChoose: (type: string) => void;
}): JSX.Element {
  return (
    <fieldset id={props.name} tabIndex={-1}>
      <legend class="vh">{props.label}</legend>
      <div class="seg">
        {props.modes.map(({ type, label }) => (
          <label key={type}>
            <input
              type="radio"
              name={props.name}
              checked={type === props.chosen}
              onChange={() => props.onChoose(type)}
            />
            {label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** Switches a union to another mode; what it had comes back with the mode it had it in. */
export function switchMode({ id, path, schema }: Pick<FieldProps, 'id' | 'path' | 'schema'>, to: string): void {
  const name = discriminator(schema) ?? 'type';
  const before = fieldsAt(id, path);
  const key = (mode: unknown): string => `${id} ${formatPath(path)} ${String(mode)}`;
  const saved = savedField(id, path);
  remember(key(before[name]), before);
  const remembered = recall(key(to)) ?? (isFields(saved) && saved[name] === to ? saved : undefined);
  setField(id, path, switchVariant(schema, before, { to, remembered }));
  undoSteps.value = [...undoSteps.value, { key: key(to), undo: () => setField(id, path, before) }];
}

/** The fields of the file that are not in the chosen mode. */
export function fallen(id: string, path: FieldProps['path'], schema: Schema): ReturnType<typeof fallenFields> {
  const name = discriminator(schema) ?? 'type';
  const saved = savedField(id, path);
  const now = fieldsAt(id, path);
  return isFields(saved) && saved[name] !== now[name] ? fallenFields(saved, now) : [];
}

/** A union with a row of its modes, and the fields of the chosen one. */
export function UnionField(props: FieldProps): JSX.Element {
  const { id, path, schema, label = fieldLabel(lastName(path)) } = props;
  const name = discriminator(schema) ?? 'type';
  const value: FieldValues = fieldsAt(id, path);
  const variant = findVariant(schema, value);
  const modes = schema.variants.map(({ properties }) => {
    const type = formatInput(properties.get(name)?.options[0]);
    return { type, label: fieldLabel(type) };
  });
  const savedMode = savedField(id, [...path, name]);
  return (
    <div class="field union-field">
      <div class="label">
        {label} <code class="key">{lastName(path)}</code>
      </div>
      <ModeRow
        name={controlId(id, path)}
        label={label}
        modes={modes}
        chosen={formatInput(value[name])}
        onChoose={(type) => switchMode(props, type)}
      />
      {currentValue(id) === undefined ? null : (
        <Falls fields={fallen(id, path, schema)} mode={fieldLabel(formatInput(savedMode))} />
      )}
      {variant === undefined ? (
        <FieldMessage {...props} />
      ) : (
        <>
          <Fields id={id} path={path} schema={variant} names={[...variant.properties.keys()]} />
          <UnknownFields id={id} path={path} schema={variant} />
        </>
      )}
    </div>
  );
}
