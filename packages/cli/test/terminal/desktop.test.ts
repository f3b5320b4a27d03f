import { expect, test } from 'vitest';
import { findBrowserObstacle } from '../../src/terminal/desktop.ts';

const nothing = (): boolean => false;

test.each([
  [{ SSH_CONNECTION: '10.0.0.1 50000 10.0.0.2 22', DISPLAY: ':0' }, 'over SSH'],
  [{ SSH_TTY: '/dev/pts/0' }, 'over SSH'],
  [{ KUBERNETES_SERVICE_HOST: '10.0.0.1', DISPLAY: ':0' }, 'in a container'],
  [{ CODESPACES: 'true' }, 'in a container'],
  [{}, 'without a display'],
  [{ DISPLAY: '' }, 'without a display'],
  [{ DISPLAY: ':0' }, undefined],
  [{ WAYLAND_DISPLAY: 'wayland-0' }, undefined],
  [{ WSL_DISTRO_NAME: 'Debian' }, undefined],
])('on Linux, the environment %j has the obstacle %j', (env, obstacle) => {
  expect(findBrowserObstacle(env, { system: 'linux', exists: nothing })).toBe(obstacle);
});

test.each(['/.dockerenv', '/run/.containerenv'])('the file %s tells that this is a container', (file) => {
  const machine = { system: 'linux', exists: (path: string) => path === file } as const;

  expect(findBrowserObstacle({ DISPLAY: ':0' }, machine)).toBe('in a container');
});

test.each(['darwin', 'win32'] as const)('%s has a browser without a variable', (system) => {
  expect(findBrowserObstacle({}, { system, exists: nothing })).toBeUndefined();
});
