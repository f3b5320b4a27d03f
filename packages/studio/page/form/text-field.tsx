import type { JSX } from 'preact';
import { setField, currentValue } from '../state/documents.ts';
import { Icon } from '../parts/icon.tsx';
import { Badge } from '../parts/text.tsx';
import { boxClass, controlId, FieldFrame, lastName, findProblem } from './field-frame.tsx';
import type { FieldProps } from './field-frame.tsx';
import { fieldUnit } from './labels.ts';
import { formatInput, parseInput } from './parse-input.ts';
import { valueAt } from './paths.ts';

const isReference = (path: FieldProps['path']): boolean => lastName(path).endsWith('Ref');

/** A line of text: a URL, a name, a number, or a reference to a secret. */
export function TextField(props: FieldProps): JSX.Element {
  const { id, path, schema } = props;
  const value = valueAt(currentValue(id), path);
  if (lastName(path) === 'query' || formatInput(value).includes('\n')) return <LinesField {...props} />;
  const isMono = schema.type === 'string' || isReference(path);
  const unit = fieldUnit(lastName(path), value ?? schema.fallback);
  const reference = isReference(path);
  return (
    <FieldFrame {...props} note={reference ? 'a reference' : props.note} help={reference ? referenceHelp : props.help}>
      <div class={`input${isMono ? ' mono-in' : ''}${boxClass(id, path)}`}>
        <input
          id={controlId(id, path)}
          value={formatInput(value)}
          placeholder={createPlaceholder(props)}
          aria-describedby={`${controlId(id, path)}-h`}
          aria-invalid={findProblem(id, path) === undefined ? undefined : true}
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => setField(id, path, parseInput(event.currentTarget.value, schema))}
        />
        {unit === '' ? null : <span class="unit">{unit}</span>}
        {reference && value !== undefined ? <SecretBadge {...props} /> : null}
      </div>
    </FieldFrame>
  );
}

const referenceHelp = (
  <>
    <code>env:NAME</code> or <code>file:/path</code>. Read again when it is needed, so a rotated secret needs no
    restart.
  </>
);

function createPlaceholder({ schema }: FieldProps): string {
  const [example] = schema.examples;
  if (schema.fallback !== undefined) return `${formatInput(schema.fallback)} (default)`;
  return example === undefined ? '' : `such as ${formatInput(example)}`;
}

/** Whether the secret of a reference is there. Its value never comes to the page. */
function SecretBadge({ id, path }: FieldProps): JSX.Element {
  return findProblem(id, path) === undefined ? <Badge tone="ok">is there</Badge> : <Badge tone="bad">missing</Badge>;
}

/** One of a few values. */
export function SelectField(props: FieldProps & { readonly options: readonly string[] }): JSX.Element {
  const { id, path, schema, options } = props;
  const value = formatInput(valueAt(currentValue(id), path));
  const fallback = [undefined, 'default'].includes(formatInput(schema.fallback) || undefined)
    ? 'default'
    : `${formatInput(schema.fallback)} (default)`;
  const others = [...options, ...(value === '' || options.includes(value) ? [] : [value])].filter(
    (each) => each !== formatInput(schema.fallback) || each === value,
  );
  return (
    <FieldFrame {...props}>
      <div class={`input${boxClass(id, path)}`}>
        <select
          id={controlId(id, path)}
          value={value}
          aria-describedby={`${controlId(id, path)}-h`}
          onChange={(event) => setField(id, path, parseInput(event.currentTarget.value, schema))}
        >
          <option value="">{fallback}</option>
          {others.map((each) => (
            <option key={each} value={each}>
              {each}
            </option>
          ))}
        </select>
        <Icon name="down" tone="faint" />
      </div>
    </FieldFrame>
  );
}

/** A text of several lines, such as a query. */
function LinesField(props: FieldProps): JSX.Element {
  const { id, path } = props;
  return (
    <FieldFrame {...props}>
      <div class={`input area mono-in${boxClass(id, path)}`}>
        <textarea
          id={controlId(id, path)}
          rows={6}
          spellcheck={false}
          aria-describedby={`${controlId(id, path)}-h`}
          value={formatInput(valueAt(currentValue(id), path))}
          onInput={(event) => setField(id, path, event.currentTarget.value || undefined)}
        />
      </div>
    </FieldFrame>
  );
}
