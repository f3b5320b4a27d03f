import { storeRules } from '../../src/store/store-rules.ts';
import type { StoreRecord, StoreRules } from '../../src/store/store-rules.ts';
import type { StoreAnswer, StoreQuestion } from '../../src/store/token-store.ts';

/**
 * One replica. `idle`: uses its token. `asking` the store. `leased` and `alone`: about to request a token, with a lease
 * or without the store. `putting` and `offering`: the token has come, and the store gets it.
 */
export interface Replica {
  readonly step: 'idle' | 'asking' | 'leased' | 'alone' | 'putting' | 'offering';
  /** The number of its token, in the order of issue; 0 for none. */
  readonly token: number;
  readonly isRejected: boolean;
  /** The youngest token that it has seen rejected. */
  readonly rejected: number;
  /** The token that has come. */
  readonly issued: number;
}

/** Faults that may still happen. */
export interface Faults {
  readonly crashes: number;
  readonly losses: number;
  /** Answers of the store that do not arrive: the question may have been carried out. */
  readonly lost: number;
  /** Leases that end while their holder is at work. */
  readonly isSlow: boolean;
}

/** All there is: the store, the authorization server, the replicas. */
export interface Fleet {
  readonly record: StoreRecord;
  readonly issued: number;
  /** Tokens up to this one are revoked. */
  readonly revoked: number;
  /** The tokens whose rejection the store has seen since its last loss, as bits. */
  readonly reported: number;
  readonly faults: Faults;
  readonly replicas: readonly Replica[];
}

export interface Step {
  readonly name: string;
  readonly fleet: Fleet;
  /** What no step may do. */
  readonly problem?: string | undefined;
}

export const newReplica: Replica = { step: 'idle', token: 0, isRejected: false, rejected: 0, issued: 0 };

/** Time does not pass: a token that was requested later has a larger number, and leases end by an event. */
const nowMs = 1_000;
const foreverMs = 1_000_000;

/** The tokens that are issued at most. */
const maxIssued = 4;

interface Acting {
  readonly fleet: Fleet;
  readonly index: number;
  readonly replica: Replica;
  readonly rules: StoreRules;
}

/** Everything that can happen next. */
export function nextSteps(fleet: Fleet, rules: StoreRules = storeRules): readonly Step[] {
  const own = fleet.replicas.flatMap((replica, index) => {
    const acting = { fleet, index, replica, rules };
    return [...replicaSteps[replica.step](acting), ...crash(acting)];
  });
  return [...own, ...surroundings(fleet)];
}

const replicaSteps: Readonly<Record<Replica['step'], (acting: Acting) => readonly Step[]>> = {
  idle({ fleet, index, replica }) {
    if (replica.token === 0) return [move(fleet, index, { name: 'needs a token', ...replica, step: 'asking' })];
    if (replica.token > fleet.revoked) return [];
    const rejected = Math.max(replica.rejected, replica.token);
    return [
      move(fleet, index, {
        name: `is rejected with ${replica.token}`,
        ...replica,
        step: 'asking',
        isRejected: true,
        rejected,
      }),
    ];
  },
  asking: ask,
  leased: (acting) => request(acting, 'putting'),
  alone: (acting) => request(acting, 'offering'),
  putting: put,
  offering: put,
};

function ask(acting: Acting): readonly Step[] {
  const { fleet, index, replica, rules } = acting;
  const question = questionFrom(replica, index);
  const { record, answer } = rules.decide(fleet.record, question, nowMs);
  const isReported = replica.isRejected && fleet.record.entry?.id === question.held?.id;
  const reported = isReported ? fleet.reported | (1 << replica.token) : fleet.reported;
  const asked = { ...fleet, record, reported };
  const lost = { ...asked, faults: { ...fleet.faults, lost: fleet.faults.lost - 1 } };
  const alone = { ...replica, step: 'alone' as const };
  return [
    ...answered(acting, asked, answer),
    ...(fleet.faults.lost === 0
      ? []
      : [
          move({ ...lost, record: fleet.record, reported: fleet.reported }, index, {
            name: 'does not reach the store',
            ...alone,
          }),
          move({ ...lost, record: abandoned(record, index) }, index, { name: 'gets no answer', ...alone }),
        ]),
  ];
}

function answered({ index, replica }: Acting, fleet: Fleet, answer: StoreAnswer): readonly Step[] {
  if (answer.kind === 'lease') return [move(fleet, index, { name: 'gets the lease', ...replica, step: 'leased' })];
  if (answer.kind !== 'entry') return []; // busy: it asks again
  const token = Number(answer.id);
  const step = move(fleet, index, { name: `takes ${token}`, ...replica, step: 'idle', token, isRejected: false });
  const problem = (fleet.reported & (1 << token)) === 0 ? undefined : `${token} is given out after it was rejected`;
  return [{ ...step, problem }];
}

function request({ fleet, index, replica }: Acting, step: Replica['step']): readonly Step[] {
  if (fleet.issued === maxIssued) return [];
  const issued = fleet.issued + 1;
  return [move({ ...fleet, issued }, index, { name: `is issued ${issued}`, ...replica, step, issued })];
}

function put({ fleet, index, replica, rules }: Acting): readonly Step[] {
  const { issued } = replica;
  const id = String(issued);
  const offer = {
    id,
    sealed: '',
    sealId: '',
    sealIds: [''],
    requestedAtMs: issued,
    lifetimeMs: foreverMs,
    owner: String(index),
  };
  const { record, answer } = rules.put(fleet.record, offer, nowMs);
  const own = { ...replica, step: 'idle' as const, token: issued, isRejected: false, issued: 0 };
  // a refused token is older than the one in the store, which is then taken
  const asked = rules.decide(
    record,
    { ...questionFrom(own, index), held: { id, ageMs: nowMs - issued } },
    nowMs,
  ).answer;
  const token = !answer && asked.kind === 'entry' ? Number(asked.id) : issued;
  const stored = { ...fleet, record: abandoned(record, index) };
  const before = fleet.record.entry;
  const problem =
    before && record.entry && Number(record.entry.id) < Number(before.id) ? 'the store goes back' : undefined;
  const done = { ...move(stored, index, { name: `puts ${issued}`, ...own, token }), problem };
  if (replica.step === 'putting') return [done];
  return [done, move(fleet, index, { name: `keeps ${issued} to itself`, ...own })];
}

function crash({ fleet, index, replica }: Acting): readonly Step[] {
  const { faults, record } = fleet;
  if (faults.crashes === 0 || replica.step === 'idle') return [];
  const crashed = { ...fleet, record: abandoned(record, index), faults: { ...faults, crashes: faults.crashes - 1 } };
  return [move(crashed, index, { name: 'crashes and starts again', ...newReplica })];
}

function surroundings(fleet: Fleet): readonly Step[] {
  const { record, faults, issued, revoked } = fleet;
  const steps: Step[] = [];
  // a lease without a holder ends some time; that of a holder at work ends only when it is slow
  const hasEnd = record.lease !== undefined && (faults.isSlow || record.lease.owner === abandonedOwner);
  if (hasEnd) steps.push({ name: 'the lease ends', fleet: { ...fleet, record: { ...record, lease: undefined } } });
  if (faults.losses > 0 && record.entry !== undefined) {
    const left = { ...faults, losses: faults.losses - 1 };
    steps.push({ name: 'the store loses everything', fleet: { ...fleet, record: {}, reported: 0, faults: left } });
  }
  if (issued > 0 && revoked === 0)
    steps.push({ name: `all up to ${issued} are revoked`, fleet: { ...fleet, revoked: issued } });
  return steps;
}

function questionFrom({ token, isRejected }: Replica, index: number): StoreQuestion {
  const held = token === 0 ? undefined : { id: String(token), ageMs: nowMs - token };
  return { held, isRejected, owner: String(index), leaseMs: foreverMs, rotationPeriodMs: 0, sealIds: [''] };
}

const abandonedOwner = 'none';

/** Each acquisition has an owner of its own: what an earlier one has left behind belongs to no replica. */
function abandoned(record: StoreRecord, index: number): StoreRecord {
  const { lease } = record;
  return lease?.owner === String(index) ? { ...record, lease: { ...lease, owner: abandonedOwner } } : record;
}

function move(fleet: Fleet, index: number, { name, ...replica }: Replica & { readonly name: string }): Step {
  return { name: `${index} ${name}`, fleet: { ...fleet, replicas: fleet.replicas.with(index, replica) } };
}
