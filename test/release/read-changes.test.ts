import { expect, test } from 'vitest';
import { readChanges } from '../../.ci/release/read-changes.ts';

const changelog = '# @bearings/client\n\n## 1.10.0\n\n### Minor Changes\n\n- New.\n\n## 1.1.0\n\n- Old.\n';

test('the notes of a release are the changes of its version', () => {
  expect(readChanges(changelog, '1.10.0')).toBe('### Minor Changes\n\n- New.');
  expect(readChanges(changelog, '1.1.0')).toBe('- Old.');
});

test('a version that the changelog does not have is an error, also when another begins with it', () => {
  expect(() => readChanges(changelog, '1.1')).toThrow('The changelog has no "## 1.1"');
});
