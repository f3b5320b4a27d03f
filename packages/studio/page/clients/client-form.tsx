import type { ComponentChildren, JSX } from 'preact';
import { fieldsAt, findDocument, currentValue } from '../state/documents.ts';
import { isFields, presentNames } from '../../src/documents/value.ts';
import type { Path } from '../../src/documents/value.ts';
import { AnyField, Fields, UnknownFields } from '../form/any-field.tsx';
import { schemaAt } from '../form/schema.ts';
import type { Schema } from '../form/schema.ts';
import { More } from '../parts/more.tsx';
import { count } from '../parts/text.tsx';
import { AuthForm } from './auth-form.tsx';

interface FormProps {
  readonly id: string;
  readonly path: Path;
  readonly schema: Schema;
}

/** A part of a form, with a title. */
export function Section(props: {
  readonly name: string;
  readonly title: string;
  readonly action?: ComponentChildren;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <section class="section" aria-labelledby={props.name}>
      <header>
        <h2 id={props.name} class={props.action === undefined ? '' : 'grow'}>
          {props.title}
        </h2>
        {props.action}
      </header>
      {props.children}
    </section>
  );
}

/** The settings of a client that are behind a click, in groups. */
const groups: readonly { readonly title: string; readonly names: readonly string[] }[] = [
  {
    title: 'Retries and limits',
    names: ['retry', 'concurrency', 'totalTimeout', 'bodyTimeout', 'maxResponseBytes'],
  },
  { title: 'Headers and redirects', names: ['headers', 'redirects', 'userAgent', 'insecureHttp'] },
  { title: 'Network', names: ['network'] },
];

const first = ['baseUrl', 'auth', 'timeout', 'timeoutMs', 'profile'];

/** The form of one client, made from the schema. */
export function ClientForm({ id, path, schema }: FormProps): JSX.Element {
  const name = String(path.at(-1));
  const known = [...first, ...groups.flatMap(({ names }) => names)];
  const others = [...schema.properties.keys()].filter((each) => !known.includes(each));
  return (
    <div class="pane-body" tabIndex={0} role="region" aria-label={`Form of ${name}`}>
      <div class="sections">
        <Section name="s-where" title="Where requests go">
          <AnyField id={id} path={[...path, 'baseUrl']} schema={schemaAt(schema, 'baseUrl')} help={baseUrlHelp} />
          <div class="pair">
            <AnyField id={id} path={[...path, 'timeout']} schema={schemaAt(schema, 'timeout')} />
            <AnyField
              id={id}
              path={[...path, 'profile']}
              schema={schemaAt(schema, 'profile')}
              help={<>Sets what the other limits are by default.</>}
            />
          </div>
          <UnknownFields id={id} path={path} schema={schema} />
        </Section>
        <Section name="s-auth" title="How requests are authenticated">
          <AuthForm id={id} path={[...path, 'auth']} schema={schemaAt(schema, 'auth')} />
        </Section>
        <div>
          {groups.map(({ title, names }) => (
            <Group key={title} id={id} path={path} schema={schema} title={title} names={names} />
          ))}
          {others.length === 0 ? null : (
            <Group id={id} path={path} schema={schema} title="Other settings" names={others} />
          )}
        </div>
      </div>
    </div>
  );
}

const baseUrlHelp = <>Paths begin here. The credential is sent to this origin and to no other.</>;

function Group({
  id,
  path,
  schema,
  title,
  names,
}: FormProps & { readonly title: string; readonly names: readonly string[] }) {
  const set = names.filter((name) => fieldsAt(id, path)[name] !== undefined);
  const sum = set.length === 0 ? 'as by default' : `${count(set.length, 'setting')}: ${set.join(', ')}`;
  return (
    <More title={title} sum={sum}>
      <Fields id={id} path={path} schema={schema} names={names.filter((name) => schema.properties.has(name))} />
    </More>
  );
}

/** The clients of a document, in the order of the file. */
export function clientNames(id: string): readonly string[] {
  const value = currentValue(id);
  const clients = isFields(value) ? value['clients'] : undefined;
  const names = isFields(clients) ? presentNames(clients) : [];
  const saved = findDocument(id)?.value;
  const before = isFields(saved) && isFields(saved['clients']) ? presentNames(saved['clients']) : [];
  return [...before.filter((name) => names.includes(name)), ...names.filter((name) => !before.includes(name))];
}
