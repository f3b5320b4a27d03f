import { existsSync } from 'node:fs';
import { platform } from 'node:os';
import type { Keyring } from '../grants/keyring.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What a terminal has of the desktop around it. */
export interface Desktop {
  /** Why no browser can be opened here, such as `over SSH`; `undefined` when one can. */
  readonly browserObstacle: string | undefined;
  /** Opens a page. Rejects when there is no program for it. */
  readonly openBrowser: (url: string) => Promise<void>;
  readonly keyring: Keyring;
}

/** The desktop of this machine. Its packages are loaded when they are used. */
export function createDesktop(env: Environment): Desktop {
  return {
    browserObstacle: findBrowserObstacle(env),
    async openBrowser(url) {
      const { default: open } = await import('open');
      const browser = await open(url);
      browser.once('error', () => {}); // the URL is shown as well
    },
    keyring: {
      read: async () => (await openKeyring()).getPassword(),
      write: async (key) => (await openKeyring()).setPassword(key),
    },
  };
}

/** On Linux only the Secret Service: the kernel's keyring, the fallback, is empty after a restart. */
async function openKeyring() {
  const { AsyncEntry } = await import('@napi-rs/keyring');
  return new AsyncEntry('bearings', 'grants', { linux: { store: 'secret-service' } });
}

/** The machine as {@link findBrowserObstacle} looks at it. */
interface Machine {
  readonly system: NodeJS.Platform;
  readonly exists: (path: string) => boolean;
}

const thisMachine: Machine = { system: platform(), exists: existsSync };

/** Why a browser that is opened here is not in front of the person; `undefined` when it is. */
export function findBrowserObstacle(env: Environment, { system, exists }: Machine = thisMachine): string | undefined {
  const isSet = (name: string): boolean => (env[name] ?? '') !== '';
  if (['SSH_CONNECTION', 'SSH_CLIENT', 'SSH_TTY'].some(isSet)) return 'over SSH';
  const isContainer = ['container', 'KUBERNETES_SERVICE_HOST', 'REMOTE_CONTAINERS', 'CODESPACES'].some(isSet);
  if (isContainer || exists('/.dockerenv') || exists('/run/.containerenv')) return 'in a container';
  const hasDisplay = ['DISPLAY', 'WAYLAND_DISPLAY', 'WSL_DISTRO_NAME'].some(isSet);
  return system === 'linux' && !hasDisplay ? 'without a display' : undefined;
}
