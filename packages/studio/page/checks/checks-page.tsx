import { useEffect } from 'preact/hooks';
import type { JSX } from 'preact';
import { listChanges, currentText } from '../state/documents.ts';
import { focusField } from '../file/problems.tsx';
import { Icon } from '../parts/icon.tsx';
import { PaneSwitch } from '../parts/pane-switch.tsx';
import { Sign, count } from '../parts/text.tsx';
import { CheckRow } from './check-row.tsx';
import { run, startChecks, stopChecks } from './check-run.ts';
import type { CheckResult, CheckRun } from './check-run.ts';
import { Exchanges } from './exchanges.tsx';

interface ChecksProps {
  readonly id: string;
  readonly name: string;
  /** The address of the form. */
  readonly back: string;
}

/** A test: the checks as they come, and the exchange with the authorization server beside them. */
export function Checks({ id, name, back }: ChecksProps): JSX.Element {
  useEffect(() => {
    if (run.value?.id !== id || run.value.name !== name || !run.value.isRunning) void startChecks(id, name);
    return stopChecks;
  }, [id, name]);
  const current = run.value?.name === name ? run.value : undefined;
  return (
    <>
      <div class="pane form">
        <div class="pane-head">
          <a class="btn ghost icon back" href={back} aria-label={`Back to ${name}`}>
            <Icon name="right" tone="flip" />
          </a>
          <h1 class="grow">Test of {name}</h1>
          <PaneSwitch names={['Checks', 'Exchange']} />
          <Tally results={current?.results ?? []} />
          <RunButton id={id} name={name} isRunning={current?.isRunning === true} />
        </div>
        <Progress run={current} />
        <div class="pane-body" tabIndex={0} role="region" aria-label="Checks">
          <div class="checks">
            {groupBySubject(current?.results ?? []).map(([subject, results]) => (
              <Subject key={subject} id={id} subject={subject} results={results} back={back} />
            ))}
            <Rest id={id} run={current} />
          </div>
        </div>
      </div>
      <Exchanges exchanges={current?.exchanges ?? []} />
    </>
  );
}

function RunButton({ id, name, isRunning }: Omit<ChecksProps, 'back'> & { readonly isRunning: boolean }) {
  return isRunning ? (
    <button type="button" class="btn second" onClick={stopChecks}>
      <Icon name="stop" />
      Stop <kbd aria-hidden="true">Esc</kbd>
    </button>
  ) : (
    <button type="button" class="btn second" onClick={() => void startChecks(id, name)}>
      <Icon name="cycle" />
      Again <kbd aria-hidden="true">Ctrl ↵</kbd>
    </button>
  );
}

/** How many checks have ended in which way. */
function Tally({ results }: { readonly results: readonly CheckResult[] }): JSX.Element {
  const verdicts = [
    ['failed', 'bad', 'failed'],
    ['warning', 'warn', 'to look at'],
    ['ok', 'ok', 'ok'],
    ['skipped', 'off', 'skipped'],
  ] as const;
  return (
    <span class="tally sm" role="status">
      {verdicts.map(([verdict, tone, word]) => {
        const number = results.filter((each) => each.verdict === verdict).length;
        return number === 0 ? null : (
          <Sign key={verdict} tone={tone}>
            {number} <span class="word">{word}</span>
          </Sign>
        );
      })}
    </span>
  );
}

/** How many checks a client usually has: the bar is full when the test has ended. */
const usual = 14;

function Progress({ run: current }: { readonly run: CheckRun | undefined }): JSX.Element {
  const done = current?.results.length ?? 0;
  const all = current?.isRunning === true ? Math.max(usual, done + 1) : Math.max(1, done);
  return (
    <div
      class="progress"
      role="progressbar"
      aria-label="Checks done"
      aria-valuemin={0}
      aria-valuemax={all}
      aria-valuenow={done}
    >
      <svg aria-hidden="true">
        <rect width={`${Math.round((done / all) * 100)}%`} height="2" />
      </svg>
    </div>
  );
}

/** What is to come, or why the test has ended early. */
function Rest({ id, run: current }: { readonly id: string; readonly run: CheckRun | undefined }): JSX.Element | null {
  if (current === undefined || current.failure !== '') {
    return current === undefined ? null : (
      <div class="notice bad" role="alert">
        <Icon name="x" />
        <div>
          <h2>The test could not run to its end</h2>
          <p>{current.failure}</p>
        </div>
      </div>
    );
  }
  const changes = listChanges(id).length;
  if (current.isRunning) {
    return (
      <p class="check is-skipped">
        <Icon name="spin" tone="accent spin" />
        <span class="what">running</span>
        <span class="said">the next check …</span>
      </p>
    );
  }
  return changes === 0 ? null : (
    <p class="xs faint">Tested as it is in the form, with {count(changes, 'change')} not yet saved.</p>
  );
}

/** Results by what they belong to, in the order in which they came. */
function groupBySubject(results: readonly CheckResult[]): readonly (readonly [string, readonly CheckResult[]])[] {
  const groups = new Map<string, CheckResult[]>();
  for (const result of results) groups.set(result.subject, [...(groups.get(result.subject) ?? []), result]);
  return [...groups];
}

function Subject(props: {
  readonly id: string;
  readonly subject: string;
  readonly results: readonly CheckResult[];
  readonly back: string;
}): JSX.Element {
  const [title = '', detail = ''] = splitSubject(props.subject);
  return (
    <section aria-label={props.subject}>
      <h2>
        {title} <code>{detail}</code>
      </h2>
      <ul>
        {props.results.map((result, place) => (
          <CheckRow key={place} result={result} onField={(field) => goToField(props, field)} />
        ))}
      </ul>
    </section>
  );
}

/** `Client orders: https://…` is a title and what it is about. */
function splitSubject(subject: string): readonly string[] {
  const [, title, detail] = /^([^:]+): (.*)$/.exec(subject) ?? [];
  return title === undefined ? [subject] : [title, detail ?? ''];
}

function goToField({ id, back }: { readonly id: string; readonly back: string }, field: string): void {
  location.hash = back;
  const problems = currentText(id)?.problems ?? [];
  setTimeout(() => {
    const control = [...document.querySelectorAll('[id^="f-"]')].find((each) => each.id.endsWith(`.${field}`));
    focusField(control?.id ?? '', problems[0]?.line);
  }, 60);
}
