import { storeRules } from '../../src/store/store-rules.ts';
import type { StoreRules } from '../../src/store/store-rules.ts';

const { decide, put } = storeRules;

/** Wrong rules that a search must find: each was a version of the protocol once, or is an easy mistake in a script. */
export const ruleMutations: Readonly<Record<string, Partial<StoreRules>>> = {
  'a rejection is not recorded': {
    decide: (record, question, nowMs) => decide(record, { ...question, isRejected: false }, nowMs),
  },
  'any other token counts as younger': {
    decide: (record, question, nowMs) =>
      decide(record, { ...question, held: question.held && { ...question.held, ageMs: Infinity } }, nowMs),
  },
  'an older token replaces a younger one': {
    put: (record, offer, nowMs) => put({ ...record, entry: undefined }, offer, nowMs),
  },
  'any token replaces a rejected one': {
    put: (record, offer, nowMs) =>
      put(record.entry?.isRejected === true ? { ...record, entry: undefined } : record, offer, nowMs),
  },
  'the next token inherits the rejection of the last one': {
    put(before, offer, nowMs) {
      const { record, answer } = put(before, offer, nowMs);
      const isRejected = before.entry?.isRejected === true;
      return { answer, record: { ...record, entry: record.entry && { ...record.entry, isRejected } } };
    },
  },
  'a lease is given while another replica has it': {
    decide: (record, question, nowMs) => decide({ ...record, lease: undefined }, question, nowMs),
  },
  'a token held by itself is given out again': {
    decide: (record, question, nowMs) =>
      decide(record, { ...question, held: question.held && { ...question.held, id: '' } }, nowMs),
  },
};
