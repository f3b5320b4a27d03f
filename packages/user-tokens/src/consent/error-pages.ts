import type { FlowRecord, FlowStatus } from '../store/flow-record.ts';
import type { PageContent } from './page.ts';

const startAgain = 'Nothing was connected. Go back to the application and start again.';

type ErrorPage =
  | 'notFound'
  | 'wrongMethod'
  | 'wrongHost'
  | 'unknownLink'
  | 'invalidCallback'
  | 'signedOut'
  | 'otherUser'
  | 'otherBrowser'
  | 'identifyFailed'
  | 'unavailable';

/** The pages of requests that change nothing. */
export const errorPages: Readonly<Record<ErrorPage, PageContent>> = {
  notFound: { status: 404, title: 'This page does not exist', paragraphs: ['Check the address.'] },
  wrongMethod: {
    status: 405,
    title: 'This page can only be opened',
    paragraphs: ['Open the link in a browser.'],
    headers: { allow: 'GET' },
  },
  wrongHost: {
    status: 421,
    title: 'This page belongs to another host',
    paragraphs: ['On this machine it is served for localhost only.'],
  },
  unknownLink: {
    status: 404,
    title: 'This link is not valid',
    paragraphs: ['It may be incomplete or too old.', startAgain],
  },
  invalidCallback: {
    status: 400,
    title: 'This is not an answer to a request of this application',
    paragraphs: ['The answer is incomplete, too old, or was not asked for.', startAgain],
  },
  signedOut: {
    status: 403,
    title: 'You are not signed in',
    paragraphs: ['Sign in to the application in this browser, then open the link again.'],
  },
  otherUser: {
    status: 403,
    title: 'This link is for another user',
    paragraphs: [
      'It was made for another user of this application, so nothing was connected.',
      'If another person sent you this link, do not use it: your account would have been connected for them.',
    ],
  },
  otherBrowser: {
    status: 403,
    title: 'This was started in another browser',
    paragraphs: ['Nothing was connected. Open the link of the application in this browser, and continue here.'],
  },
  identifyFailed: {
    status: 500,
    title: 'Your session could not be read',
    paragraphs: ['Nothing was connected. Try again later.'],
  },
  unavailable: {
    status: 503,
    title: 'This does not work right now',
    paragraphs: ['Try again in a few minutes.'],
  },
};

/** Why a flow cannot be continued. */
const endings: Readonly<Record<FlowStatus, Omit<PageContent, 'returnTo'>>> = {
  pending: errorPages.otherBrowser,
  exchanging: { status: 409, title: 'This is being completed', paragraphs: ['Another tab is completing it.'] },
  completed: { status: 409, title: 'This has been completed already', paragraphs: ['There is nothing left to do.'] },
  denied: { status: 410, title: 'This link has been used', paragraphs: ['Access was not granted.', startAgain] },
  expired: { status: 410, title: 'This link has expired', paragraphs: [startAgain] },
  failed: { status: 410, title: 'This link has been used', paragraphs: ['It did not succeed.', startAgain] },
};

/** The page for a flow that cannot be continued, for its own user. */
export const endedPage = ({ status, returnTo }: FlowRecord): PageContent => ({ ...endings[status], returnTo });
