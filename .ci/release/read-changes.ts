/**
 * The part of a changelog about one version, without its heading.
 *
 * @throws when the changelog has no such version
 */
export function readChanges(changelog: string, version: string): string {
  const lines = changelog.split('\n');
  const start = lines.indexOf(`## ${version}`);
  if (start === -1) throw new Error(`The changelog has no "## ${version}"`);
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => line.startsWith('## '));
  return (end === -1 ? rest : rest.slice(0, end)).join('\n').trim();
}
