/** Folders and files whose words are not done yet. To be emptied. */
export const unfinished: readonly string[] = [];

/** Words that a reader has to read twice, and what to write instead. Endings are part of the pattern. */
export const oldWords: readonly (readonly [pattern: string, instead: string])[] = [
  ['told|tells? of', 'say, report, or the active voice: "The listener receives …"'],
  ['whoever|whom|who knows', 'name the reader or the caller: "A caller that …"'],
  ['nobody|somebody', '"no caller", "a caller", or the active voice'],
  ['desks?|errands?|passages?', 'caller, request, or the stage by its name'],
  ['doors?', 'entry, method'],
  ['rooms?|houses?|streets?|towns?', 'space, repository, network, example'],
  ['harms?|hurts?', '"does not affect", "is ignored"'],
  ['stand(?:s|ing)? still|stood still', 'pauses, stalls'],
  ['lets? go of|let go of', 'releases, cancels'],
  ['sayings?|says of', 'message, reports'],
  ['is to be had|can be had', 'is available'],
  ['nought', 'zero'],
  ['affairs?', 'task, decision'],
  ['slips?', 'mistake'],
  ['flaws?', 'issue, mistake'],
  ['smells?', 'looks like'],
];

/** Texts that may stay, each with its reason. */
export const exceptions: readonly { readonly file: string; readonly text: string; readonly why: string }[] = [
  { file: 'test/old-words.ts', text: '', why: 'the list itself' },
];

/** Declared names ending in `Of` that may stay, each with its reason. */
export const allowedNames: readonly { readonly name: string; readonly why: string }[] = [
  { name: 'getPrototypeOf', why: 'a trap of Proxy' },
  { name: 'onBehalfOf', why: 'the term of the field (RFC 8693) for a call with an exchanged token' },
  {
    name: 'deadlineOf',
    why: 'read as "the deadline of a request"; a function that users name beside withDeadlineHeader',
  },
];
