import type { JSX } from 'preact';
import type { DocumentState } from '../../src/documents/studio-document.ts';
import { Icon } from '../parts/icon.tsx';
import { Text, count } from '../parts/text.tsx';
import { go } from '../state/route.ts';

type Problem = DocumentState['problems'][number];

/** The part of a path that names a client: `clients.orders.timeout` is `orders` and `timeout`. */
export function splitProblemPath(path: string): { readonly client: string; readonly field: string } {
  const [, client = '', field = ''] = /^(?:contexts\.[\w-]+\.)?clients\.([\w-]+)\.?(.*)$/.exec(path) ?? [];
  return client === '' ? { client: '', field: path } : { client, field };
}

/** What is wrong with a document, each with what would be right. */
export function Problems({ id, problems }: { readonly id: string; readonly problems: readonly Problem[] }) {
  if (problems.length === 0) return null;
  return (
    <section class="problems" aria-labelledby="problems">
      <header>
        <h2 id="problems" class="grow">
          {count(problems.length, 'problem')}
        </h2>
        <span class="faint xs">
          {id.includes('/') ? (
            'each with what would be right'
          ) : (
            <>
              the same that <code>loadConfig</code> reports
            </>
          )}
        </span>
      </header>
      <ol>
        {problems.slice(0, 50).map((problem) => (
          <li key={`${problem.path} ${problem.found}`}>
            <ProblemLink id={id} problem={problem} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function ProblemLink({ id, problem }: { readonly id: string; readonly problem: Problem }): JSX.Element {
  const { client, field } = splitProblemPath(problem.path);
  const remedy = problem.suggestion === undefined ? problem.expected : `did you mean ${problem.suggestion}?`;
  return (
    <a
      href={`#problem-${problem.line ?? 0}`}
      onClick={(event) => {
        event.preventDefault();
        if (client !== '') go('clients', client);
        setTimeout(() => focusField(`f-${id}-${problem.path}`, problem.line), 50);
      }}
    >
      <Icon name="x" tone="bad" />
      <span class="at">
        {problem.line}:{problem.column}
      </span>
      <span>
        {client === '' ? null : `${client}: `}
        {field === '' ? null : <code>{field}</code>} <Text>{problem.found}</Text>{' '}
        <span class="fix">
          → <Text>{remedy}</Text>
        </span>
      </span>
    </a>
  );
}

/** Goes to the control of a field, or to its line in the file when the form has none. */
export function focusField(control: string, line?: number): void {
  const element = document.getElementById(control);
  element?.closest('details')?.setAttribute('open', '');
  element?.scrollIntoView({ block: 'center' });
  element?.focus();
  if (element === null) document.querySelector(`.side [data-line="${line ?? 0}"]`)?.scrollIntoView({ block: 'center' });
}
