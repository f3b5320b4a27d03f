import { readCredentials } from '@bearings/config';
import type { Config, InvalidConfigError, Problem } from '@bearings/config';
import type { Result } from 'ts-results';
import { failed, ok, skipped, warning } from './check.ts';
import type { Check, Finding, Subject } from './check.ts';

/** What the checks of a config look at. */
export interface ConfigFacts {
  /** As the user calls it. */
  readonly file: string;
  readonly config: Result<Config, InvalidConfigError>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The config itself: every problem is a line, and with one nothing else can be looked at. */
export function configSubject({ file, config, env }: ConfigFacts): Subject {
  const title = `Config ${file}`;
  if (config.isOk()) return { title, checks: [check('config', ok(sizeOf(config.value))), ...environment(env)] };
  const wrong = config.error.problems.map((problem) =>
    check(isAboutSecret(problem) ? 'secret' : 'config', failed(placeOf(problem), remedyOf(problem))),
  );
  const rest = ['credentials', 'clients'].map((name) => ({ ...check(name, unseen), needs: wrong }));
  return { title, checks: [...environment(env), ...wrong, ...rest] };
}

/** What cannot be looked at while the config is wrong. */
const unseen = skipped('not checked');

const check = (name: string, finding: Finding): Check => ({ name, needs: [], run: async () => finding });

function sizeOf({ clients }: Config): string {
  const [many, credentials] = [Object.keys(clients).length, readCredentials({ clients }).length];
  return `${counted(many, 'client')}, ${counted(credentials, 'credential')}`;
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** All fields that refer to secrets, and no others, end in it. */
const isAboutSecret = ({ path }: Problem): boolean => path.endsWith('Ref');

function placeOf({ path, line, column, found }: Problem): string {
  const at = line === undefined ? '' : `${line}:${column}  `;
  return `${at}${path === '' ? 'It' : path} ${found}`;
}

function remedyOf({ expected, suggestion }: Problem): string {
  const meant = suggestion === undefined ? '' : `Did you mean ${suggestion}?`;
  return [expected, meant].filter((part) => part !== '').join('. ');
}

function environment(env: ConfigFacts['env']): readonly Check[] {
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0') return [];
  const says = 'NODE_TLS_REJECT_UNAUTHORIZED=0: whoever is in between can read and change everything';
  return [check('environment', warning(says, 'Take it away; NODE_EXTRA_CA_CERTS=/path/to/ca.pem trusts an authority'))];
}
