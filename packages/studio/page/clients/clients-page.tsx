import type { JSX } from 'preact';
import { Checks } from '../checks/checks-page.tsx';
import { DocumentHead } from '../parts/document-head.tsx';
import { FilePane } from '../file/file-pane.tsx';
import { RawEditor } from '../file/raw-editor.tsx';
import { Icon } from '../parts/icon.tsx';
import { pane } from '../parts/pane-switch.tsx';
import { Blank } from '../parts/text.tsx';
import { readSchema, schemaAt } from '../form/schema.ts';
import { AnyField, UnknownFields } from '../form/any-field.tsx';
import { documents, findDocument, listChanges, setField, studio } from '../state/documents.ts';
import { fileName, go, hrefTo, newName, route } from '../state/route.ts';
import { Wizard } from '../wizard/wizard.tsx';
import { ClientForm, clientNames } from './client-form.tsx';
import { ClientList, countChanges, sharing } from './client-list.tsx';

const baseName = (file: string): string => file.split(/[/\\]/).at(-1) ?? file;

/** The tab of clients: the list, the form of one, and the file. */
export function ClientsPage(): JSX.Element | null {
  const document = documents.value.find(({ kind }) => kind === 'clients');
  if (document === undefined) return null;
  const { id } = document;
  const names = clientNames(id);
  const { name, view } = route.value;
  if (!document.isReadable) return <RawEditor id={id} />;
  if (name === newName) return <WizardScreen id={id} />;
  if (names.length === 0) return <NoClients id={id} />;
  if (name === fileName) return <FileSettings id={id} />;
  const chosen = names.includes(name) ? name : (names[0] ?? '');
  return <OneClient id={id} name={chosen} isTest={view === 'test'} />;
}

/** The schema of one client. */
export function clientSchema() {
  const kind = studio.value?.kinds.find((each) => each.kind === 'clients');
  return schemaAt(readSchema(kind?.schema), 'clients', '*');
}

function OneClient({ id, name, isTest }: { readonly id: string; readonly name: string; readonly isTest: boolean }) {
  const shared = sharing(id, name, clientNames(id));
  if (isTest) {
    return (
      <div class="work" data-pane={pane.value}>
        <ClientList id={id} chosen={name} />
        <Checks id={id} name={name} back={hrefTo('clients', name)} />
      </div>
    );
  }
  return (
    <div class="work" data-pane={pane.value}>
      <ClientList id={id} chosen={name} />
      <div class="pane form">
        <DocumentHead
          id={id}
          title={name}
          note={shared.length === 0 ? '' : `one token with ${shared.join(', ')}`}
          panes={['Form', 'File']}
          changes={countChanges(id, name)}
          onTest={studio.value?.kinds[0]?.canTest === true ? () => go('clients', name, 'test') : undefined}
          onRemove={() => setField(id, ['clients', name], undefined)}
        />
        <ClientForm key={name} id={id} path={['clients', name]} schema={clientSchema()} />
      </div>
      <FilePane id={id} name={name} />
    </div>
  );
}

/** The settings of the file that are not of one client. */
function FileSettings({ id }: { readonly id: string }): JSX.Element {
  const schema = readSchema(studio.value?.kinds.find(({ kind }) => kind === 'clients')?.schema);
  const names = [...schema.properties.keys()].filter((each) => each !== 'clients' && each !== '$schema');
  const changes = listChanges(id).filter(({ path }) => path[0] !== 'clients').length;
  return (
    <div class="work" data-pane={pane.value}>
      <ClientList id={id} chosen={fileName} />
      <div class="pane form">
        <DocumentHead id={id} title="All clients" note="what they share" panes={['Form', 'File']} changes={changes} />
        <div class="pane-body" tabIndex={0} role="region" aria-label="Form of all clients">
          <div class="sections">
            {names.map((each) => (
              <AnyField key={each} id={id} path={[each]} schema={schemaAt(schema, each)} />
            ))}
            <UnknownFields id={id} path={[]} schema={schema} />
          </div>
        </div>
      </div>
      <FilePane id={id} name="" />
    </div>
  );
}

function WizardScreen({ id }: { readonly id: string }): JSX.Element {
  return (
    <div class="work two">
      <ClientList id={id} chosen="" />
      <div class="pane form">
        <Wizard id={id} />
      </div>
    </div>
  );
}

function NoClients({ id }: { readonly id: string }): JSX.Element {
  const file = findDocument(id);
  const hasConnectors = studio.value?.kinds.some(({ kind }) => kind === 'connectors') === true;
  return (
    <Blank
      title="No clients yet"
      acts={
        <>
          <a class="btn primary" href={hrefTo('clients', newName)}>
            <Icon name="plus" />
            Add a client
          </a>
          {hasConnectors ? (
            <a class="btn second" href={hrefTo('connectors')}>
              Look at connectors
            </a>
          ) : null}
        </>
      }
      foot={
        <>
          Rather in an editor? <code>bearings init</code> writes a file with comments; this page follows it.
        </>
      }
    >
      A client is one API that your service calls: its URL, and how requests prove who sends them.{' '}
      <code>{baseName(file?.file ?? id)}</code> {file?.version === 'absent' ? 'will be created' : 'is there and empty'}.
    </Blank>
  );
}
