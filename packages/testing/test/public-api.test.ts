import * as api from '@bearings/testing';
import { expect, test } from 'vitest';

test('these names and no others may be imported', () => {
  expect(Object.keys(api).toSorted()).toEqual(['fakeApi', 'fakeIssuer', 'faults', 'networkOf', 'virtualClock']);
});
