import type { ComponentChildren, JSX } from 'preact';
import { currentText, savedField, setField } from '../state/documents.ts';
import { isSame } from '../../src/documents/value.ts';
import type { Path } from '../../src/documents/value.ts';
import { Icon } from '../parts/icon.tsx';
import { Text } from '../parts/text.tsx';
import { formatPath, valueAt } from './paths.ts';
import { fieldLabel } from './labels.ts';
import { formatShort } from './parse-input.ts';
import type { Schema } from './schema.ts';

/** A field of a document, and what the form knows of it. */
export interface FieldProps {
  /** The id of the document. */
  readonly id: string;
  readonly path: Path;
  readonly schema: Schema;
  /** Default: made of the name. */
  readonly label?: string | undefined;
  /** A few words beside the label. */
  readonly note?: string | undefined;
  /** Below the field, in place of the description. */
  readonly help?: ComponentChildren;
}

/** The id of the control of a field, in the page. */
export const controlId = (id: string, path: Path): string => `f-${id}-${formatPath(path)}`;

export const lastName = (path: Path): string => String(path.at(-1) ?? '');

/** What is wrong with a field; `undefined` when nothing is. */
export function findProblem(id: string, path: Path): { readonly found: string; readonly expected: string } | undefined {
  const wanted = formatPath(path);
  const problem = currentText(id)?.problems.find((each) => each.path === wanted);
  if (problem === undefined) return undefined;
  const suggestion = problem.suggestion === undefined ? '' : `did you mean ${problem.suggestion}?`;
  return { found: problem.found, expected: problem.expected === '' ? suggestion : problem.expected };
}

/** True for a field that differs from the file. What is new as a whole has no mark at each field. */
const isChanged = (id: string, path: Path): boolean =>
  savedField(id, path.slice(0, 2)) !== undefined && !isSame(savedField(id, path), valueAt(currentRoot(id), path));

const currentRoot = (id: string) => currentText(id)?.value;

/** The class of a control's box. */
export const boxClass = (id: string, path: Path): string =>
  `${isChanged(id, path) ? ' is-changed' : ''}${findProblem(id, path) === undefined ? '' : ' is-bad'}`;

/** The label, the field's key in the file, the control, and one line about it. */
export function FieldFrame(props: FieldProps & { readonly children: ComponentChildren }): JSX.Element {
  const { id, path, label = fieldLabel(lastName(path)), note } = props;
  const control = controlId(id, path);
  return (
    <div class="field">
      <div class="label-row">
        <label for={control}>
          {label} {note === undefined ? null : <small>{note}</small>}
        </label>
        <code class="key">{lastName(path)}</code>
      </div>
      {props.children}
      <FieldMessage {...props} />
    </div>
  );
}

/** A problem, else what the field was, else its help. */
export function FieldMessage({ id, path, schema, help }: FieldProps): JSX.Element | null {
  const problem = findProblem(id, path);
  const note = `${controlId(id, path)}-h`;
  if (problem !== undefined) {
    return (
      <p class="msg bad" id={note}>
        <Icon name="x" />
        <span>
          <Text>{sentence(`${fieldLabel(lastName(path))} ${problem.found}`)}</Text> <span aria-hidden="true">→</span>{' '}
          <Text>{problem.expected}</Text>
        </span>
      </p>
    );
  }
  if (isChanged(id, path)) return <WasMessage id={id} path={path} note={note} />;
  if (help !== undefined)
    return (
      <p class="help" id={note}>
        {help}
      </p>
    );
  return schema.description === '' ? null : (
    <p class="help" id={note}>
      <Text>{schema.description}</Text>
    </p>
  );
}

function WasMessage({ id, path, note }: { readonly id: string; readonly path: Path; readonly note: string }) {
  const saved = savedField(id, path);
  return (
    <p class="msg accent" id={note}>
      <Icon name="undo" />
      <span>
        {saved === undefined ? 'new, ' : `was ${formatShort(saved)}, `}
        <button class="link" type="button" onClick={() => setField(id, path, saved)}>
          {saved === undefined ? 'remove' : 'put back'}
          <span class="vh"> {fieldLabel(lastName(path))}</span>
        </button>
      </span>
    </p>
  );
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
