import type { JSX } from 'preact';
import { fieldsAt, savedField } from '../state/documents.ts';
import type { Path } from '../../src/documents/value.ts';
import { AnyField, Fields, UnknownFields } from '../form/any-field.tsx';
import { Falls } from '../form/falls.tsx';
import { controlId, FieldMessage } from '../form/field-frame.tsx';
import { authLabel, authModes } from '../form/labels.ts';
import { ListField } from '../form/list-field.tsx';
import { formatInput } from '../form/parse-input.ts';
import { readSchema, schemaAt, findVariant } from '../form/schema.ts';
import type { Schema } from '../form/schema.ts';
import { SelectField } from '../form/text-field.tsx';
import { ModeRow, fallen, switchMode } from '../form/union-field.tsx';
import { More } from '../parts/more.tsx';
import { Text } from '../parts/text.tsx';
import { IssuerField, discovered } from './issuer-field.tsx';

interface AuthProps {
  readonly id: string;
  /** The path of the `auth`. */
  readonly path: Path;
  readonly schema: Schema;
}

/** How a client authenticates: the mode, and the fields of it alone. */
export function AuthForm({ id, path, schema }: AuthProps): JSX.Element {
  const type = fieldsAt(id, path)['type'];
  const variant = findVariant(schema, fieldsAt(id, path));
  return (
    <>
      <ModeRow
        name={controlId(id, [...path, 'type'])}
        label="Authentication"
        modes={authModes}
        chosen={formatInput(type)}
        onChoose={(to) => switchMode({ id, path, schema }, to)}
      />
      <Falls fields={fallen(id, path, schema)} mode={authLabel(savedField(id, [...path, 'type']))} />
      {variant === undefined ? (
        <FieldMessage id={id} path={path} schema={readSchema({})} />
      ) : (
        <ModeFields id={id} path={path} schema={variant} />
      )}
    </>
  );
}

/** The fields that are shown at once, in rows; the others are below "More". */
const firstFields = ['issuerUrl', 'provider', 'clientId', 'clientAuthMethod', 'clientSecretRef', 'scopes'];

export function ModeFields({ id, path, schema }: AuthProps): JSX.Element {
  const value = fieldsAt(id, path);
  const all = [...schema.properties.keys()].filter((name) => schema.properties.get(name)?.isFixed === false);
  const isOAuth = all.includes('clientId');
  if (!isOAuth) return <PlainFields id={id} path={path} schema={schema} />;
  const isFirst = (name: string): boolean => firstFields.includes(name) || value[name] !== undefined;
  const more = all.filter((name) => !isFirst(name));
  const shown = all.filter((name) => isFirst(name) && !firstFields.includes(name));
  return (
    <>
      {value['tokenUrl'] === undefined || value['issuerUrl'] !== undefined ? (
        <IssuerField id={id} path={[...path, 'issuerUrl']} schema={schemaAt(schema, 'issuerUrl')} />
      ) : null}
      {all.includes('provider') ? <Fields id={id} path={path} schema={schema} names={['provider']} /> : null}
      <div class="pair">
        <AnyField id={id} path={[...path, 'clientId']} schema={schemaAt(schema, 'clientId')} help={null} />
        <MethodField id={id} path={path} schema={schema} />
      </div>
      <AnyField id={id} path={[...path, 'clientSecretRef']} schema={schemaAt(schema, 'clientSecretRef')} />
      <ScopesField id={id} path={path} schema={schema} />
      {shown.length === 0 ? null : <Fields id={id} path={path} schema={schema} names={shown} />}
      <UnknownFields id={id} path={path} schema={schema} />
      <More title={`More of ${authLabel(value['type'])}`} sum={`${more.length} settings as by default`}>
        <Fields id={id} path={path} schema={schema} names={more} />
      </More>
    </>
  );
}

/** The few fields of a static credential. */
function PlainFields({ id, path, schema }: AuthProps): JSX.Element {
  return (
    <>
      <Fields id={id} path={path} schema={schema} names={[...schema.properties.keys()]} />
      <UnknownFields id={id} path={path} schema={schema} />
      {schema.description === '' ? null : (
        <p class="xs faint">
          <Text>{schema.description}</Text>
        </p>
      )}
    </>
  );
}

function MethodField({ id, path, schema }: AuthProps): JSX.Element {
  const field = [...path, 'clientAuthMethod'];
  const method = schemaAt(schema, 'clientAuthMethod');
  const offered = discovered(fieldsAt(id, path)['issuerUrl'])?.methods ?? [];
  const options = method.options.map(String);
  const fitting = options.filter((each) => offered.includes(each));
  const help =
    fitting.length === 0 ? <>Default: as the server supports it.</> : <>The server takes {fitting.join(', ')}.</>;
  return <SelectField id={id} path={field} schema={method} options={options} help={help} />;
}

function ScopesField({ id, path, schema }: AuthProps): JSX.Element {
  const scopes = discovered(fieldsAt(id, path)['issuerUrl'])?.scopes ?? [];
  const note = scopes.length === 0 ? undefined : `${scopes.length} offered by the issuer`;
  return (
    <ListField
      id={id}
      path={[...path, 'scopes']}
      schema={schemaAt(schema, 'scopes')}
      offered={scopes.slice(0, 30)}
      note={note}
      help={scopes.length === 0 ? undefined : null}
    />
  );
}
