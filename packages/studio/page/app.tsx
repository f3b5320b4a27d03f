import { render } from 'preact';
import { useEffect } from 'preact/hooks';
import type { JSX } from 'preact';
import './tokens.css';
import './styles.css';
import './studio.css';
import { ClientsPage } from './clients/clients-page.tsx';
import { ConnectorsPage } from './connectors/connectors-page.tsx';
import { Dialogs } from './dialogs/dialogs.tsx';
import { LivePage } from './live/live-page.tsx';
import { followStudio, isEnded, isStudioAway } from './live/live-state.ts';
import { AwayPage, EndedPage } from './parts/ended-page.tsx';
import { TopBar } from './parts/top-bar.tsx';
import { api } from './state/api.ts';
import { documents, isDirty, studio } from './state/documents.ts';
import { listenToKeys } from './state/keys.ts';
import { route } from './state/route.ts';

const titles = { clients: 'Clients', connectors: 'Connectors', live: 'Live' } as const;

function Page(): JSX.Element | null {
  if (studio.value === undefined) return isStudioAway.value ? <AwayPage /> : null;
  if (isEnded.value) return <EndedPage />;
  if (route.value.tab === 'live') return <LivePage />;
  return route.value.tab === 'connectors' ? <ConnectorsPage /> : <ClientsPage />;
}

function App(): JSX.Element {
  const { tab, name } = route.value;
  useEffect(() => {
    document.title = `${name === '' ? titles[tab] : name} · Bearings Studio`;
  }, [tab, name]);
  return (
    <>
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById('main')?.focus();
        }}
      >
        Skip to the content
      </a>
      <div class="app">
        <TopBar />
        <main id="main" tabIndex={-1}>
          <div class="screen">
            <Page />
          </div>
        </main>
      </div>
      <Dialogs />
    </>
  );
}

async function start(): Promise<void> {
  const root = document.getElementById('root');
  if (root === null) return;
  render(<App />, root);
  try {
    const state = await api.state();
    documents.value = state.documents;
    studio.value = state;
  } catch {
    isStudioAway.value = true;
    return;
  }
  followStudio();
  listenToKeys();
  addEventListener('beforeunload', (event) => {
    if (isDirty.value && !isEnded.value) event.preventDefault();
  });
}

void start(); // never rejects
