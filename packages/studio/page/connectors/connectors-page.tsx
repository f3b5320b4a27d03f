import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { Checks } from '../checks/checks-page.tsx';
import { moveInList } from '../clients/client-list.tsx';
import { FilePane } from '../file/file-pane.tsx';
import { RawEditor } from '../file/raw-editor.tsx';
import { readSchema } from '../form/schema.ts';
import { DocumentHead } from '../parts/document-head.tsx';
import { Icon } from '../parts/icon.tsx';
import { pane } from '../parts/pane-switch.tsx';
import { Badge, Blank, count } from '../parts/text.tsx';
import { listChanges, currentText, documents, fieldsAt, setDraft, studio, takeDocument } from '../state/documents.ts';
import type { DocumentState } from '../../src/documents/studio-document.ts';
import { api } from '../state/api.ts';
import { go, hrefTo, route } from '../state/route.ts';
import { ConnectorForm, modeLabel } from './connector-form.tsx';
import { PreviewPane } from './preview-pane.tsx';
import { preview } from './preview-state.ts';

/** The name of a connector: that of its file. */
const lastName = ({ id }: DocumentState): string => id.replace(/^.*\//, '').replace(/\.\w+$/, '');

/** The tab of connectors: each is a file of a folder. */
export function ConnectorsPage(): JSX.Element {
  const all = documents.value.filter(({ kind }) => kind === 'connectors');
  const chosen = all.find((each) => lastName(each) === route.value.name) ?? all[0];
  if (chosen === undefined) return <NoConnectors />;
  const { id } = chosen;
  const name = lastName(chosen);
  const kind = studio.value?.kinds.find((each) => each.kind === 'connectors');
  if (!chosen.isReadable) return <RawEditor id={id} />;
  if (route.value.view === 'test') {
    return (
      <div class="work" data-pane={pane.value}>
        <ConnectorList all={all} chosen={id} />
        <Checks id={id} name={name} back={hrefTo('connectors', name)} />
      </div>
    );
  }
  const isPull = fieldsAt(id, ['spec', 'source'])['mode'] === 'rest_pull';
  const shown = isPull && preview.value?.id === id ? preview.value : undefined;
  return (
    <div class="work" data-pane={pane.value}>
      <ConnectorList all={all} chosen={id} />
      <div class="pane form">
        <DocumentHead
          id={id}
          title={name}
          note=""
          panes={['Form', shown === undefined ? 'File' : 'Preview']}
          changes={listChanges(id).length}
          onTest={kind?.canTest === true ? () => go('connectors', name, 'test') : undefined}
        />
        <ConnectorForm key={id} id={id} schema={readSchema(kind?.schema)} />
      </div>
      {shown === undefined ? <FilePane id={id} name="source" /> : <PreviewPane shown={shown} />}
    </div>
  );
}

const isNaming = signal(false);

/** Creates a connector in the form. Its file is written when it is saved. */
async function addConnector(name: string): Promise<void> {
  const id = `connectors/${name}.yaml`;
  takeDocument(await api.read(id));
  const source = { mode: 'rest_pull', url: '', resources: [] };
  setDraft(id, { kind: 'Connector', metadata: { name }, spec: { source } });
  isNaming.value = false;
  go('connectors', name);
}

function ConnectorList({
  all,
  chosen,
}: {
  readonly all: readonly DocumentState[];
  readonly chosen: string;
}): JSX.Element {
  const folder = studio.value?.kinds.find(({ kind }) => kind === 'connectors')?.folder ?? '';
  return (
    <nav class="pane list" aria-label="Connectors">
      <div class="pane-head">
        <h2 class="grow">
          Connectors <span class="count">{all.length}</span>
        </h2>
        <button type="button" class="btn ghost small" onClick={() => (isNaming.value = true)}>
          <Icon name="plus" />
          New
        </button>
      </div>
      {isNaming.value ? <NewName /> : null}
      <ul onKeyDown={moveInList}>
        {all.map((each) => (
          <li key={each.id}>
            <a
              class="item"
              href={hrefTo('connectors', lastName(each))}
              aria-current={each.id === chosen ? 'true' : undefined}
            >
              <b>{lastName(each)}</b>
              <ConnectorBadge id={each.id} />
              <small>{modeLabel(fieldsAt(each.id, ['spec', 'source'])['mode'])}</small>
            </a>
          </li>
        ))}
      </ul>
      <p class="list-foot">
        {count(all.length, 'file')} in <code>{folder.split(/[/\\]/).at(-1)}/</code>
      </p>
    </nav>
  );
}

function ConnectorBadge({ id }: { readonly id: string }): JSX.Element {
  const changes = listChanges(id).length;
  const problems = currentText(id)?.problems.length ?? 0;
  if (changes > 0) return <Badge tone="accent">{count(changes, 'change')}</Badge>;
  return problems === 0 ? (
    <span />
  ) : (
    <Badge tone="bad">
      {problems}
      <span class="vh"> problems</span>
    </Badge>
  );
}

function NewName(): JSX.Element {
  return (
    <form
      class="new-name"
      onSubmit={(event) => {
        event.preventDefault();
        const name = new FormData(event.currentTarget).get('name');
        if (typeof name === 'string' && /^[A-Za-z0-9][\w-]*$/.test(name)) void addConnector(name);
      }}
    >
      <div class="input mono-in">
        <input
          name="name"
          aria-label="Name of the new connector"
          placeholder="name, then Enter"
          pattern="[A-Za-z0-9][A-Za-z0-9_\-]*"
          autocomplete="off"
          ref={(element) => element?.focus()}
          onKeyDown={(event) => {
            if (event.key === 'Escape') isNaming.value = false;
          }}
        />
      </div>
    </form>
  );
}

function NoConnectors(): JSX.Element {
  return (
    <Blank
      title="No connectors yet"
      acts={
        isNaming.value ? (
          <NewName />
        ) : (
          <button type="button" class="btn primary" onClick={() => (isNaming.value = true)}>
            <Icon name="plus" />
            Add a connector
          </button>
        )
      }
    >
      A connector is a file that says where records come from: an API that is asked page by page, a database, or others
      that send them.
    </Blank>
  );
}
