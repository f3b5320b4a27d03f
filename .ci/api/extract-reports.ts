import { cpSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CompilerState, Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import type { ExtractorMessage, IConfigFile } from '@microsoft/api-extractor';
import type { Installed } from '../consumer/install.ts';
import { listEntryPoints } from '../tarballs.ts';
import type { Manifest } from '../tarballs.ts';

const silent = { default: { logLevel: ExtractorLogLevel.None } };
const messages: IConfigFile['messages'] = {
  compilerMessageReporting: silent,
  tsdocMessageReporting: silent,
  extractorMessageReporting: {
    ...silent,
    'ae-forgotten-export': { logLevel: ExtractorLogLevel.Warning, addToApiReportFile: true },
  },
};

const overrideTsconfig = {
  compilerOptions: {
    target: 'es2024',
    lib: ['es2024', 'esnext.disposable'],
    module: 'nodenext',
    moduleResolution: 'nodenext',
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
  },
  include: ['dist/**/*.d.ts'],
};

/**
 * Writes the API report of each entry point of the installed packages to a folder: `<package>[-<entry>].api.md`.
 *
 * @throws when a report cannot be made
 */
export function extractReports(installed: Installed, into: string): void {
  const work = join(installed.folder, 'api');
  rmSync(work, { recursive: true, force: true });
  mkdirSync(into, { recursive: true });
  const configs = installed.tarballs.flatMap(({ manifest }) => {
    const projectFolder = copyPackage(installed.folder, manifest.name, work);
    return configure(manifest, projectFolder, into);
  });
  const [first, ...others] = configs;
  if (first === undefined) throw new Error('The packed packages have no entry point with types');
  // One compilation for all of them takes a tenth of the time.
  const additionalEntryPoints = others.map(({ mainEntryPointFilePath }) => mainEntryPointFilePath);
  const compilerState = CompilerState.create(first, { additionalEntryPoints });
  for (const config of configs) extractReport(config, compilerState);
}

/**
 * Copies an installed package, since the compiler takes all that is below `node_modules` for the code of others.
 * What it depends on is where its installation has it.
 */
function copyPackage(folder: string, name: string, work: string): string {
  const installed = realpathSync(join(folder, 'node_modules', name));
  const copy = join(work, name);
  for (const part of ['package.json', 'dist']) cpSync(join(installed, part), join(copy, part), { recursive: true });
  const dependencies = name.split('/').reduce((path) => dirname(path), installed);
  symlinkSync(dependencies, join(copy, 'node_modules'), 'dir');
  return copy;
}

function configure(manifest: Manifest, projectFolder: string, reportFolder: string): readonly ExtractorConfig[] {
  return listEntryPoints(manifest).map(({ specifier, types }) =>
    ExtractorConfig.prepare({
      configObjectFullPath: undefined,
      packageJsonFullPath: join(projectFolder, 'package.json'),
      configObject: {
        projectFolder,
        mainEntryPointFilePath: join(projectFolder, types),
        newlineKind: 'lf',
        compiler: { overrideTsconfig },
        apiReport: {
          enabled: true,
          reportFileName: specifier.replace('@bearings/', '').replaceAll('/', '-'),
          reportFolder,
          reportTempFolder: join(projectFolder, 'temp'),
        },
        messages,
      },
    }),
  );
}

function extractReport(config: ExtractorConfig, compilerState: CompilerState): void {
  const errors: string[] = [];
  const messageCallback = (message: ExtractorMessage): void => {
    if (message.logLevel === ExtractorLogLevel.Error) errors.push(message.text);
    // Nothing is printed: forgotten exports are in the report.
    message.handled = true;
  };
  const { apiReportChanged } = Extractor.invoke(config, { localBuild: true, compilerState, messageCallback });
  if (errors.length === 0 && apiReportChanged) return;
  throw new Error(`${config.mainEntryPointFilePath} has no API report: ${errors.join('; ') || 'it was there before'}`);
}
