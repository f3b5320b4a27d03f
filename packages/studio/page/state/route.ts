import { signal } from '@preact/signals';

/** What the page shows: the tab, the thing in it, and the view of that. */
export interface Route {
  readonly tab: 'clients' | 'connectors' | 'live';
  readonly name: string;
  readonly view: string;
}

function parseHash(hash: string): Route {
  const [tab = '', name = '', view = ''] = hash.replace(/^#\/?/, '').split('/').map(decodeURIComponent);
  return { tab: tab === 'connectors' || tab === 'live' ? tab : 'clients', name, view };
}

/** The route of the address. */
export const route = signal(parseHash(location.hash));

addEventListener('hashchange', () => {
  route.value = parseHash(location.hash);
});

/** The address of a route. */
export const hrefTo = (tab: Route['tab'], name = '', view = ''): string =>
  `#/${[tab, name, view]
    .filter((part) => part !== '')
    .map(encodeURIComponent)
    .join('/')}`;

/** Goes to another route. */
export function go(tab: Route['tab'], name = '', view = ''): void {
  location.hash = hrefTo(tab, name, view);
}

/** In place of the name of a client: the wizard. No client can have this name. */
export const newName = '+';
/** The same for what is not of one client: the network, the token store, contexts. */
export const fileName = '+file';
