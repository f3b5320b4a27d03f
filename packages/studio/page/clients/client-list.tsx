import type { JSX } from 'preact';
import { listChanges, currentText, currentValue } from '../state/documents.ts';
import { isFields } from '../../src/documents/value.ts';
import type { Fields } from '../../src/documents/value.ts';
import { splitProblemPath } from '../file/problems.tsx';
import { authLabel } from '../form/labels.ts';
import { valueAt } from '../form/paths.ts';
import { Icon } from '../parts/icon.tsx';
import { Badge, count } from '../parts/text.tsx';
import { fileName, hrefTo, newName } from '../state/route.ts';
import { clientNames } from './client-form.tsx';

/** Moves along the entries of a list with the arrow keys. */
export function moveInList(event: KeyboardEvent & { readonly currentTarget: EventTarget & HTMLElement }): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  const items = [...event.currentTarget.querySelectorAll<HTMLElement>('a.item')];
  const place = items.findIndex((item) => item === document.activeElement);
  const next = items[place + (event.key === 'ArrowDown' ? 1 : -1)];
  if (next === undefined) return;
  event.preventDefault();
  next.focus();
}

/** The clients of the file, with what is wrong or changed. */
export function ClientList({ id, chosen }: { readonly id: string; readonly chosen: string }): JSX.Element {
  const names = clientNames(id);
  const credentials = names.map((name) => credentialKey(readAuth(id, name))).filter((key) => key !== '');
  return (
    <nav class="pane list" aria-label="Clients">
      <div class="pane-head">
        <h2 class="grow">
          Clients <span class="count">{names.length}</span>
        </h2>
        <a class="btn ghost small" href={hrefTo('clients', newName)}>
          <Icon name="plus" />
          New
        </a>
      </div>
      <ul onKeyDown={moveInList}>
        {names.map((name) => (
          <li key={name}>
            <a class="item" href={hrefTo('clients', name)} aria-current={name === chosen ? 'true' : undefined}>
              <b>{name}</b>
              <ClientBadge id={id} name={name} />
              <small>{describe(id, name, names)}</small>
            </a>
          </li>
        ))}
        <li class="list-more">
          <a class="item" href={hrefTo('clients', fileName)} aria-current={chosen === fileName ? 'true' : undefined}>
            <b>All clients</b>
            <span />
            <small>network, token store, contexts</small>
          </a>
        </li>
      </ul>
      <p class="list-foot">
        {count(names.length, 'client')}, {count(new Set(credentials).size, 'credential')}. Secrets are never shown here,
        only whether they are there.
      </p>
    </nav>
  );
}

function ClientBadge({ id, name }: { readonly id: string; readonly name: string }): JSX.Element {
  const problems = countProblems(id, name);
  const changes = countChanges(id, name);
  if (changes > 0) return <Badge tone="accent">{count(changes, 'change')}</Badge>;
  if (problems === 0) return <span />;
  return (
    <Badge tone="bad">
      {problems}
      <span class="vh"> problems</span>
    </Badge>
  );
}

/** How many problems a client has. */
const countProblems = (id: string, name: string): number =>
  (currentText(id)?.problems ?? []).filter(({ path }) => splitProblemPath(path).client === name).length;

/** How many fields of a client differ from the file. */
export const countChanges = (id: string, name: string): number =>
  listChanges(id).filter(({ path }) => path[0] === 'clients' && path[1] === name).length;

/** The `auth` of a client. */
function readAuth(id: string, name: string): Fields {
  const auth = valueAt(currentValue(id), ['clients', name, 'auth']);
  return isFields(auth) ? auth : {};
}

/** Equal for clients that share a token; empty for those without one. */
const credentialKey = (auth: Fields): string =>
  auth['type'] === 'none' || auth['type'] === undefined ? '' : JSON.stringify(auth);

/** The clients with the same credential, in the order of the file. */
export const sharing = (id: string, name: string, names: readonly string[]): readonly string[] => {
  const key = credentialKey(readAuth(id, name));
  return key === '' ? [] : names.filter((each) => each !== name && credentialKey(readAuth(id, each)) === key);
};

function describe(id: string, name: string, names: readonly string[]): string {
  const type = readAuth(id, name)['type'];
  const [first] = sharing(id, name, names);
  const isLater = first !== undefined && names.indexOf(first) < names.indexOf(name);
  const isOAuth = typeof type === 'string' && type.startsWith('oauth2_');
  return isOAuth && isLater ? `OAuth, shares the token of ${first}` : authLabel(type);
}
