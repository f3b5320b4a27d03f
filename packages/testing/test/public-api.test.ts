import * as api from '@bearings/testing';
import { expect, test } from 'vitest';

test('the package exports exactly these names', () => {
  expect(Object.keys(api).toSorted()).toEqual([
    'combineFetch',
    'fakeApi',
    'fakeBrowser',
    'fakeIssuer',
    'fakeProvider',
    'faults',
    'virtualClock',
  ]);
});
