import type { JSX } from 'preact';
import { Section } from '../clients/client-form.tsx';
import { AnyField, Fields, UnknownFields } from '../form/any-field.tsx';
import { Falls } from '../form/falls.tsx';
import { fieldLabel } from '../form/labels.ts';
import { formatInput } from '../form/parse-input.ts';
import { formatPath } from '../form/paths.ts';
import { readSchema, schemaAt, findVariant } from '../form/schema.ts';
import type { Schema } from '../form/schema.ts';
import { recall, remember, undoSteps } from '../form/stash.ts';
import { findChoice, switchChoice } from '../form/switch-variant.ts';
import type { Choice } from '../form/switch-variant.ts';
import { ModeRow, fallen, switchMode } from '../form/union-field.tsx';
import { Icon } from '../parts/icon.tsx';
import type { IconName } from '../parts/icon.tsx';
import { More } from '../parts/more.tsx';
import { fieldsAt, savedField, setField } from '../state/documents.ts';
import type { Path } from '../../src/documents/value.ts';
import { ResourceList } from './resource-list.tsx';

interface FormProps {
  readonly id: string;
  /** The schema of the whole document. */
  readonly schema: Schema;
}

const source: Path = ['spec', 'source'];

const modes: readonly {
  readonly type: string;
  readonly label: string;
  readonly icon: IconName;
  readonly text: string;
}[] = [
  { type: 'rest_pull', label: 'REST pull', icon: 'down2', text: 'Asks an API, page by page.' },
  { type: 'rest_push', label: 'REST push', icon: 'up2', text: 'Takes records that others send.' },
  { type: 'sql_pull', label: 'SQL pull', icon: 'db', text: 'Asks a database with a query.' },
];

/** The name of a mode. */
export const modeLabel = (mode: unknown): string => modes.find(({ type }) => type === mode)?.label ?? 'No mode yet';

const choices: readonly Choice[] = [
  { label: 'OAuth client credentials', field: 'oauth', start: { grantType: 'client_credentials' } },
  { label: 'Static bearer', field: 'auth', start: {} },
  { label: 'None', field: undefined, start: {} },
];

/** The form of a connector: where records come from, the credential, and what is pulled. */
export function ConnectorForm({ id, schema }: FormProps): JSX.Element {
  const union = schemaAt(schema, 'spec', 'source');
  const mode = fieldsAt(id, source)['mode'];
  const variant = findVariant(union, fieldsAt(id, source)) ?? readSchema({});
  const has = (name: string): boolean => variant.properties.has(name);
  return (
    <div class="pane-body" tabIndex={0} role="region" aria-label="Form of the connector">
      <div class="sections">
        <Section name="n-where" title="Where records come from">
          <Cards id={id} schema={union} mode={formatInput(mode)} />
          <Falls fields={fallen(id, source, union)} mode={modeLabel(savedField(id, [...source, 'mode']))} />
          {['url', 'path', 'connectionRef', 'query'].filter(has).map((name) => (
            <AnyField key={name} id={id} path={[...source, name]} schema={schemaAt(variant, name)} />
          ))}
        </Section>
        {has('auth') || has('oauth') ? <Credential id={id} variant={variant} /> : null}
        {has('resources') ? <ResourceList id={id} schema={schemaAt(variant, 'resources')} /> : null}
        <UnknownFields id={id} path={source} schema={variant} />
        <div>
          {has('headers') ? (
            <More title="Headers and limits" sum="seldom needed">
              <Fields
                id={id}
                path={source}
                schema={variant}
                names={['headers', 'timeoutMs', 'retryLimit', 'pace'].filter(has)}
              />
            </More>
          ) : null}
          <More title="Name" sum={formatInput(fieldsAt(id, ['metadata'])['name'])}>
            <AnyField id={id} path={['metadata', 'name']} schema={schemaAt(schema, 'metadata', 'name')} />
          </More>
        </div>
      </div>
    </div>
  );
}

function Cards({ id, schema, mode }: FormProps & { readonly mode: string }): JSX.Element {
  return (
    <fieldset id={`f-${id}-spec.source.mode`} tabIndex={-1}>
      <legend class="vh">Mode</legend>
      <div class="cards kinds">
        {modes.map(({ type, label, icon, text }) => (
          <label class="card" key={type}>
            <input
              type="radio"
              name="n-mode"
              checked={type === mode}
              onChange={() => switchMode({ id, path: source, schema }, type)}
            />
            <span class="top-row">
              <Icon name={icon} />
              <strong>{label}</strong>
              <span class="radio" />
            </span>
            <p>{text}</p>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** A field for each kind of credential: one of them, or none. */
function Credential({ id, variant }: { readonly id: string; readonly variant: Schema }): JSX.Element {
  const offered = choices.filter(({ field }) => field === undefined || variant.properties.has(field));
  const value = fieldsAt(id, source);
  const chosen = findChoice(offered, value);
  const key = (choice: Choice): string => `${id} ${formatPath(source)} ${choice.label}`;
  const choose = (label: string): void => {
    const next = offered.find((each) => each.label === label);
    if (next === undefined || chosen === undefined) return;
    if (chosen.field !== undefined) remember(key(chosen), value[chosen.field] ?? null);
    const before = value;
    setField(id, source, switchChoice(offered, value, { to: next, remembered: recall(key(next)) }));
    undoSteps.value = [...undoSteps.value, { key: key(next), undo: () => setField(id, source, before) }];
  };
  const saved = chosen?.field === undefined ? undefined : savedField(id, [...source, chosen.field]);
  return (
    <Section name="n-auth" title="How requests are authenticated">
      <ModeRow
        name="n-credential"
        label="Authentication"
        modes={offered.map(({ label }) => ({ type: label, label })).toReversed()}
        chosen={chosen?.label ?? ''}
        onChoose={choose}
      />
      <Lost id={id} chosen={chosen} isNew={saved === undefined} />
      {chosen?.field === undefined ? null : (
        <CredentialFields id={id} path={[...source, chosen.field]} schema={schemaAt(variant, chosen.field)} />
      )}
    </Section>
  );
}

function Lost({
  id,
  chosen,
  isNew,
}: {
  readonly id: string;
  readonly chosen: Choice | undefined;
  readonly isNew: boolean;
}) {
  const gone = choices.flatMap((choice) => {
    if (choice.field === undefined || choice === chosen || !isNew) return [];
    const saved = savedField(id, [...source, choice.field]);
    return saved === undefined || fieldsAt(id, source)[choice.field] !== undefined ? [] : [{ choice, saved }];
  });
  const [first] = gone;
  if (first === undefined) return null;
  const fields = gone.map(({ choice, saved }) => [`source.${choice.field ?? ''}`, saved] as const);
  return <Falls fields={fields} mode={first.choice.label} />;
}

function CredentialFields({ id, path, schema }: FormProps & { readonly path: Path }): JSX.Element {
  const names = [...schema.properties.keys()];
  const isOAuth = names.includes('clientId');
  if (!isOAuth) return <Fields id={id} path={path} schema={schema} names={names} />;
  const first = ['tokenUrl', 'clientId', 'clientSecretRef', 'scopes'];
  const more = names.filter((name) => !first.includes(name) && !schemaAt(schema, name).isFixed);
  const field = (name: string): JSX.Element => (
    <AnyField id={id} path={[...path, name]} schema={schemaAt(schema, name)} />
  );
  return (
    <>
      {field('tokenUrl')}
      <div class="pair">
        {field('clientId')}
        {field('clientSecretRef')}
      </div>
      {field('scopes')}
      <UnknownFields id={id} path={path} schema={schema} />
      <More title="More of OAuth client credentials" sum={more.map(fieldLabel).join(', ').toLowerCase()}>
        <Fields id={id} path={path} schema={schema} names={more} />
      </More>
    </>
  );
}
