import type { FlowRecord } from '../store/flow-record.ts';
import type { Completion } from './complete-flow.ts';
import type { FlowReason } from './flow-failure.ts';
import type { PageContent } from './page.ts';

type Ending = Pick<PageContent, 'status' | 'title' | 'paragraphs'>;

const startAgain = 'Nothing was connected. Go back to the application and start again.';
const untrusted: Ending = {
  status: 400,
  title: 'The answer came from another server',
  paragraphs: ['It was not accepted.', startAgain],
};
const uncertain: Ending = {
  status: 502,
  title: 'It is not certain whose account this is',
  paragraphs: ['The provider did not prove it.', startAgain],
};
const lost: Ending = {
  status: 503,
  title: 'This could not be saved',
  paragraphs: [startAgain],
};
const noAnswer: Ending = {
  status: 502,
  title: 'The provider did not complete this',
  paragraphs: [startAgain],
};

const endings: Readonly<Record<FlowReason, Ending>> = {
  access_denied: {
    status: 200,
    title: 'Access was not granted',
    paragraphs: ['Nothing was connected. You can start again from the application at any time.'],
  },
  other_account: {
    status: 409,
    title: 'This is another account',
    paragraphs: [
      'You signed in at the provider with another account than the one that is connected, so nothing was changed.',
      'Go back to the application, start again, and choose the account that is connected.',
    ],
  },
  dpop_unsupported: {
    status: 502,
    title: 'This provider cannot be connected',
    paragraphs: [
      'It does not protect access in the way that this application is set up for, so nothing was connected.',
      'Only the operator of the application can change that.',
    ],
  },
  issuer_mismatch: untrusted,
  issuer_missing: untrusted,
  client_changed: untrusted,
  code_refused: noAnswer,
  code_interrupted: noAnswer,
  server_error: noAnswer,
  id_token_missing: uncertain,
  id_token_invalid: uncertain,
  account_unknown: uncertain,
  user_forgotten: lost,
  undecryptable: lost,
  not_stored: lost,
};

/** The page for a flow that ended without a grant. */
export function completionPage(
  { reason, quotation }: Exclude<Completion, { status: 'completed' }>,
  { returnTo }: FlowRecord,
): PageContent {
  const said = quotation === undefined || quotation === '' ? {} : { quotation };
  return { ...endings[reason], ...said, returnTo };
}
