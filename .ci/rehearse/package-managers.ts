/** How a package manager is called, and the files that make it use a registry. */
export interface PackageManager {
  readonly name: string;
  /** A command that adds the packages to the folder. */
  readonly add: readonly string[];
  /** The command that runs an installed program. */
  readonly run: readonly string[];
  readonly files: Readonly<Record<string, string>>;
}

/**
 * The package managers of the rehearsal. Some wait days before they install a new version; the packages of a rehearsal are
 * seconds old, so each is set to install them at once.
 */
export function listPackageManagers(registry: string): readonly PackageManager[] {
  const npmrc = `registry=${registry}\n`;
  const berry = [
    `npmRegistryServer: '${registry.replace(/\/$/, '')}'`,
    "unsafeHttpWhitelist: ['127.0.0.1']",
    'nodeLinker: node-modules',
    'enableTelemetry: false',
    'enableGlobalCache: false',
    'npmMinimalAgeGate: 0',
  ];
  const pnpm = ['npx', '-y', 'pnpm@12'];
  const yarn = ['npx', '-y', 'yarn@1.22.22'];
  const yarn4 = ['npx', '-y', '--package', '@yarnpkg/cli-dist@4.18.1', 'yarn'];
  const bun = ['npx', '-y', 'bun@1.4.5'];
  return [
    { name: 'npm', add: ['npm', 'install', '--no-audit', '--no-fund'], run: ['npx'], files: { '.npmrc': npmrc } },
    {
      name: 'pnpm',
      add: [...pnpm, 'add'],
      run: [...pnpm, 'exec'],
      files: { '.npmrc': npmrc, 'pnpm-workspace.yaml': 'packages: []\nminimumReleaseAge: 0\n' },
    },
    { name: 'yarn 1', add: [...yarn, 'add'], run: [...yarn, 'run', '--silent'], files: { '.npmrc': npmrc } },
    {
      name: 'yarn 4',
      add: [...yarn4, 'add'],
      run: [...yarn4, 'run'],
      files: { '.yarnrc.yml': `${berry.join('\n')}\n`, 'yarn.lock': '' },
    },
    { name: 'bun', add: [...bun, 'add'], run: [...bun, 'x', '--no-install'], files: { '.npmrc': npmrc } },
  ];
}
