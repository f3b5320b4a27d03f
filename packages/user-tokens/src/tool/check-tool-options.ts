import { checkOptions, listRule, objectRule, stringRule } from '@bearings/client/layer';
import type { OptionRules } from '@bearings/client/layer';
import { checkReturnTo } from '../consent/check-return-to.ts';
import { UserTokensConfigError } from '../errors.ts';
import { renameConfigError } from '../rename-config-error.ts';
import type { ToolOptions } from './create-tool.ts';

/** What each option must be. `createClient` checks `baseUrl` and those of `client`. */
const rules: OptionRules<ToolOptions> = {
  scopes: listRule(stringRule),
  account: stringRule,
  returnTo: stringRule,
  message: stringRule,
  baseUrl: stringRule,
  client: objectRule,
};

/** @throws UserTokensConfigError naming the option, and what would be right */
export function checkToolOptions(options: ToolOptions): void {
  renameConfigError(() => checkOptions(options, rules, { owner: 'users.tool' }));
  if (options.baseUrl === undefined) {
    throw new UserTokensConfigError('baseUrl', 'is missing: it is the API that the token may be sent to');
  }
  if (options.returnTo !== undefined) checkReturnTo(options.returnTo);
}
