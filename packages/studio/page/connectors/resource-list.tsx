import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { isFields, isList } from '../../src/documents/value.ts';
import type { Fields as FieldValues, Value } from '../../src/documents/value.ts';
import { Section } from '../clients/client-form.tsx';
import { AnyField } from '../form/any-field.tsx';
import { formatInput } from '../form/parse-input.ts';
import { readSchema } from '../form/schema.ts';
import type { Schema } from '../form/schema.ts';
import { Icon } from '../parts/icon.tsx';
import { currentValue, setField, studio } from '../state/documents.ts';
import { valueAt } from '../form/paths.ts';
import { preview, showPreview } from './preview-state.ts';

const path = ['spec', 'source', 'resources'];
const opened = signal<number | undefined>(undefined);

/** What is pulled, in the order of the file. */
export function ResourceList({ id, schema }: { readonly id: string; readonly schema: Schema }): JSX.Element {
  const given = valueAt(currentValue(id), path);
  const resources: readonly Value[] = isList(given) ? given : [];
  const add = (): void => {
    setField(id, path, [
      ...resources,
      { name: `resource-${resources.length + 1}`, path: '', paging: { type: 'none' } },
    ]);
    opened.value = resources.length;
  };
  return (
    <Section
      name="n-what"
      title="What is pulled, in this order"
      action={
        <button class="btn ghost small" type="button" onClick={add}>
          <Icon name="plus" />
          Add
        </button>
      }
    >
      <ul class="boxed">
        {resources.map((resource, place) => (
          <Resource key={place} id={id} place={place} resource={isFields(resource) ? resource : {}} schema={schema} />
        ))}
        {resources.length === 0 ? <li class="resource faint">Nothing yet</li> : null}
      </ul>
    </Section>
  );
}

function pagingText(resource: FieldValues): string {
  const paging = isFields(resource['paging']) ? resource['paging'] : {};
  const texts: Readonly<Record<string, string>> = {
    none: 'one response',
    link: 'Link header',
    cursor: `cursor in ${formatInput(paging['next'])}`,
    page: paging['size'] === undefined ? 'numbered pages' : `pages of ${formatInput(paging['size'])}`,
  };
  return texts[formatInput(paging['type'])] ?? '';
}

function Resource(props: {
  readonly id: string;
  readonly place: number;
  readonly resource: FieldValues;
  readonly schema: Schema;
}): JSX.Element {
  const { id, place, resource, schema } = props;
  const name = formatInput(resource['name']);
  const isOpen = opened.value === place;
  const isShown = preview.value?.id === id && preview.value.resource === name;
  const canPreview = studio.value?.kinds.some((kind) => kind.kind === 'connectors' && kind.canPreview) === true;
  return (
    <li>
      <div class="resource">
        <button
          type="button"
          class="link-plain"
          aria-expanded={isOpen}
          onClick={() => (opened.value = isOpen ? undefined : place)}
        >
          <Icon name={isOpen ? 'down' : 'right'} tone="faint" />
          <b class="st">{name}</b>
        </button>
        <code class="faint">{formatInput(resource['path'])}</code>
        <span class="xs faint nowrap">{pagingText(resource)}</span>
        {canPreview ? (
          <button
            class={`btn small ${isShown ? 'second' : 'ghost'}`}
            type="button"
            aria-pressed={isShown}
            onClick={() => void showPreview(id, name)}
          >
            Preview<span class="vh"> {name}</span>
          </button>
        ) : null}
      </div>
      {isOpen ? <ResourceFields id={id} place={place} schema={schema.items ?? readSchema({})} /> : null}
    </li>
  );
}

function ResourceFields({
  id,
  place,
  schema,
}: {
  readonly id: string;
  readonly place: number;
  readonly schema: Schema;
}) {
  return (
    <div class="resource-fields section">
      {[...schema.properties].map(([name, each]) => (
        <AnyField key={name} id={id} path={[...path, place, name]} schema={each} />
      ))}
      <p>
        <button type="button" class="btn danger small" onClick={() => setField(id, [...path, place], undefined)}>
          <Icon name="trash" />
          Remove this resource
        </button>
      </p>
    </div>
  );
}
