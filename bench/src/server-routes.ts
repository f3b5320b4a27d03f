import { randomBytes } from 'node:crypto';

/** The parts of a request that the server needs. */
export interface Ask {
  readonly route: string;
  readonly authorization: string;
  readonly body: string;
}

type Give = (status: number, text: string) => void;

const tokenDelayMs = 20;
/** The n-th rejection after a revocation is delayed by n times this, so that the last ones arrive after the rotation. */
const staggerMs = 2;
const order = JSON.stringify({ id: '42', item: 'ball bearing 6204-2RS', quantity: 12, state: 'packed' });
const accepted = JSON.stringify({ id: '43', state: 'accepted' });

const valid = new Set<string>();
const seen = { tokenRequests: 0, accepted: 0, rejected: 0 };

const routes: Readonly<Record<string, (ask: Ask, give: Give) => void>> = {
  'GET /orders/42': ({ authorization }, give) => {
    if (!valid.has(authorization)) return reject(give);
    seen.accepted += 1;
    return give(200, order);
  },
  'POST /orders': ({ authorization, body }, give) => {
    if (!valid.has(authorization)) return reject(give);
    const asked: unknown = JSON.parse(body);
    const isOrder = typeof asked === 'object' && asked !== null && 'item' in asked;
    seen.accepted += 1;
    return isOrder ? give(200, accepted) : give(400, '{}');
  },
  'POST /token': (_, give) => {
    seen.tokenRequests += 1;
    const token = randomBytes(480).toString('base64url'); // as long as a JWT
    const issue = (): void => {
      valid.add(`Bearer ${token}`);
      give(200, JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: 3_600 }));
    };
    setTimeout(issue, tokenDelayMs);
  },
  'POST /control/revoke': (_, give) => {
    valid.clear();
    seen.rejected = 0;
    give(200, '{}');
  },
  'GET /control/seen': (_, give) => {
    const { user, system } = process.cpuUsage();
    give(200, JSON.stringify({ ...seen, cpuUs: user + system }));
  },
};

/** Answers a request by calling `give`, at once or later. */
export function sendAnswer(ask: Ask, give: Give): void {
  const route = routes[ask.route];
  if (route === undefined) give(404, '{}');
  else route(ask, give);
}

function reject(give: Give): void {
  seen.rejected += 1;
  setTimeout(() => give(401, '{}'), seen.rejected * staggerMs);
}
