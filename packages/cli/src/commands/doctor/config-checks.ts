import { readCredentials } from '@bearings/config';
import type { Config, InvalidConfigError, Problem } from '@bearings/config';
import type { Result } from 'ts-results';
import { findProxyVariable } from '../../terminal/proxy-variables.ts';
import { failed, ok, skipped, warning } from './check.ts';
import { tokenStoreChecks } from './token-store-check.ts';
import type { Check, Finding, CheckGroup } from './check.ts';

/** The config to check. */
export interface ConfigChecksContext {
  /** The path as the user gave it. */
  readonly file: string;
  readonly config: Result<Config, InvalidConfigError>;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The checks of the config: one per problem. While there are problems, nothing else can be checked. */
export function configChecks({ file, config, env }: ConfigChecksContext): CheckGroup {
  const title = `Config ${file}`;
  if (config.isOk())
    return {
      title,
      checks: [
        fixedCheck('config', ok(configSize(config.value))),
        ...tokenStoreChecks(config.value),
        ...environmentChecks(env),
        ...proxyChecks(config.value, env),
      ],
    };
  const problemChecks = config.error.problems.map((problem) =>
    fixedCheck(isAboutSecret(problem) ? 'secret' : 'config', failed(problemMessage(problem), problemRemedy(problem))),
  );
  const rest = ['credentials', 'clients'].map((name) => ({ ...fixedCheck(name, notChecked), needs: problemChecks }));
  return { title, checks: [...environmentChecks(env), ...problemChecks, ...rest] };
}

const notChecked = skipped('not checked');

const fixedCheck = (name: string, finding: Finding): Check => ({ name, dependsOn: [], run: async () => finding });

function configSize({ clients }: Config): string {
  const [many, credentials] = [Object.keys(clients).length, readCredentials({ clients }).length];
  return `${pluralize(many, 'client')}, ${pluralize(credentials, 'credential')}`;
}

const pluralize = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** All fields that refer to secrets end in `Ref`, and no others. */
const isAboutSecret = ({ path }: Problem): boolean => path.endsWith('Ref');

function problemMessage({ path, line, column, found }: Problem): string {
  const at = line === undefined ? '' : `${line}:${column}  `;
  return `${at}${path === '' ? 'It' : path} ${found}`;
}

function problemRemedy({ expected, suggestion }: Problem): string {
  const meant = suggestion === undefined ? '' : `Did you mean ${suggestion}?`;
  return [expected, meant].filter((part) => part !== '').join('. ');
}

/** Proxy variables that a service with this config does not use. */
function proxyChecks({ clients }: Config, env: ConfigChecksContext['env']): readonly Check[] {
  const variable = findProxyVariable(env);
  if (variable === undefined || Object.values(clients).every(({ network }) => network?.proxy !== undefined)) return [];
  const isUsed = Object.values(clients).some(({ network }) => network === undefined);
  const message = isUsed
    ? `${variable} is set: this command uses it for clients without network in the config, and a service does not, unless Node.js has NODE_USE_ENV_PROXY=1`
    : `${variable} is set, and network in the config has no proxy: it is ignored, with NODE_USE_ENV_PROXY too`;
  return [
    fixedCheck('environment', warning(message, 'Set network: { proxy: env } in the config, or unset the variable')),
  ];
}

function environmentChecks(env: ConfigChecksContext['env']): readonly Check[] {
  if (env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0') return [];
  const message =
    'NODE_TLS_REJECT_UNAUTHORIZED=0 turns certificate checks off: anyone on the network path can read and change requests';
  return [
    fixedCheck(
      'environment',
      warning(message, 'Unset it; to trust your own authority set NODE_EXTRA_CA_CERTS=/path/to/ca.pem'),
    ),
  ];
}
