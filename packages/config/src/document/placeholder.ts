import type { Issue } from './issue.ts';

/** The syntaxes of shells, Compose, Helm and Kubernetes. Bounded, so that a search takes linear time. */
const syntaxes: readonly { readonly pattern: RegExp; readonly show: (name: string) => string }[] = [
  { pattern: /\$\{([^{}]{1,200})\}/, show: (name) => `\${${name}}` },
  { pattern: /\{\{([^{}]{1,200})\}\}/, show: (name) => `{{${name}}}` },
  { pattern: /\$\(([\w.-]{1,200})\)/, show: (name) => `$(${name})` },
  { pattern: /(?:^|\/\/)\$([A-Z_][A-Z0-9_]{0,200})/, show: (name) => `$${name}` },
];

/** The issue of a text with a placeholder that no tool replaced, such as `${ORDERS_HOST}`. `undefined` without one. */
export function placeholderIssue(text: string): Issue | undefined {
  for (const { pattern, show } of syntaxes) {
    const content = pattern.exec(text)?.[1];
    if (content === undefined) continue;
    // only a plain name is shown: other text may be a secret
    const name = /^\s*([A-Za-z_.][\w.]{0,60})\s*(?:$|\||:[-=?+])/.exec(content)?.[1];
    const placeholder = name === undefined ? 'a placeholder' : `the placeholder ${show(name)}`;
    return { found: `contains ${placeholder}, which was not replaced`, expected: 'replace it before the file is read' };
  }
  return undefined;
}
