import type { JSX } from 'preact';
import { currentValue, fieldsAt, setField } from '../state/documents.ts';
import { isFields, isList, presentNames } from '../../src/documents/value.ts';
import { Text } from '../parts/text.tsx';
import { FieldFrame, boxClass, controlId, lastName } from './field-frame.tsx';
import type { FieldProps } from './field-frame.tsx';
import { ListField } from './list-field.tsx';
import { RecordField } from './record-field.tsx';
import { SelectField, TextField } from './text-field.tsx';
import { UnionField } from './union-field.tsx';
import { fieldLabel } from './labels.ts';
import { discriminator } from './schema.ts';
import type { Schema } from './schema.ts';
import { valueAt } from './paths.ts';
import { formatInput } from './parse-input.ts';

/** The control that fits a schema. */
export function AnyField(props: FieldProps): JSX.Element {
  const { schema, id, path } = props;
  const value = valueAt(currentValue(id), path);
  if (discriminator(schema) !== undefined) return <UnionField {...props} />;
  // on, off, or a group: the file has the group
  const group = schema.variants.find(({ properties }) => properties.size > 0);
  if (group !== undefined)
    return isFields(value) ? (
      <GroupField {...props} schema={group} />
    ) : (
      <SelectField {...props} options={['true', 'false']} />
    );
  if (schema.properties.size > 0) return <GroupField {...props} />;
  if (schema.values !== undefined) return <RecordField {...props} />;
  const lists = schema.type === 'array' ? schema : schema.variants.find(({ type }) => type === 'array');
  if (lists !== undefined && isSimple(lists))
    return <ListField {...props} schema={{ ...lists, description: schema.description }} />;
  if (schema.type === 'boolean') return <SelectField {...props} options={['true', 'false']} />;
  if (schema.options.length > 0) return <SelectField {...props} options={schema.options.map(formatInput)} />;
  if (isFields(value) || isList(value)) return <JsonField {...props} />;
  return <TextField {...props} />;
}

const isSimple = ({ items }: Schema): boolean => items === undefined || items.properties.size === 0;

/** A group of fields below its own title. */
function GroupField({ id, path, schema, label = fieldLabel(lastName(path)) }: FieldProps): JSX.Element {
  return (
    <fieldset class="field group-field" id={controlId(id, path)} tabIndex={-1}>
      <legend class="label">
        {label} <code class="key">{lastName(path)}</code>
      </legend>
      {schema.description === '' ? null : (
        <p class="help">
          <Text>{schema.description}</Text>
        </p>
      )}
      <Fields id={id} path={path} schema={schema} names={[...schema.properties.keys()]} />
      <UnknownFields id={id} path={path} schema={schema} />
    </fieldset>
  );
}

interface FieldsProps {
  readonly id: string;
  readonly path: FieldProps['path'];
  readonly schema: Schema;
  readonly names: readonly string[];
}

/** Several fields of a group, short ones in pairs. */
export function Fields({ id, path, schema, names }: FieldsProps): JSX.Element | null {
  const shown = names.filter((name) => schema.properties.get(name)?.isFixed === false);
  if (shown.length === 0) return null;
  return (
    <div class="pair">
      {shown.map((name) => (
        <AnyField key={name} id={id} path={[...path, name]} schema={schema.properties.get(name) ?? schema} />
      ))}
    </div>
  );
}

/** Fields that the schema does not know. They stay in the file, and can be corrected or removed. */
export function UnknownFields({ id, path, schema }: Omit<FieldsProps, 'names'>): JSX.Element | null {
  const names = presentNames(fieldsAt(id, path)).filter((name) => !schema.properties.has(name));
  if (names.length === 0 || schema.properties.size === 0) return null;
  return (
    <>
      {names.map((name) => (
        <JsonField
          key={name}
          id={id}
          path={[...path, name]}
          schema={{ ...schema, type: '', description: '', properties: new Map(), variants: [], options: [] }}
          label={name}
          note="not in the schema; it stays in the file"
        />
      ))}
    </>
  );
}

/** Any value, as JSON or as plain text. */
function JsonField(props: FieldProps): JSX.Element {
  const { id, path } = props;
  const value = valueAt(currentValue(id), path);
  return (
    <FieldFrame {...props}>
      <div class={`input area mono-in${boxClass(id, path)}`}>
        <textarea
          id={controlId(id, path)}
          rows={typeof value === 'object' ? 3 : 1}
          spellcheck={false}
          value={typeof value === 'object' ? JSON.stringify(value, null, 1) : formatInput(value)}
          onChange={(event) => setField(id, path, parseLoose(event.currentTarget.value))}
        />
      </div>
    </FieldFrame>
  );
}

function parseLoose(text: string) {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
