import { signal } from '@preact/signals';
import type { JSX } from 'preact';
import { Icon } from '../parts/icon.tsx';
import { PaneSwitch } from '../parts/pane-switch.tsx';
import { Text, count } from '../parts/text.tsx';
import { preview, showPreview } from './preview-state.ts';
import type { ShownPreview } from './preview-state.ts';

const isAll = signal(false);
const isJson = signal(false);
const firstRows = 10;

/** The first page of a resource. */
export function PreviewPane({ shown }: { readonly shown: ShownPreview }): JSX.Element {
  const { id, resource, answer } = shown;
  return (
    <aside class="pane side" aria-label="Preview">
      <div class="pane-head">
        <h2 class="grow">First page of {resource}</h2>
        <PaneSwitch names={['Form', 'Preview']} />
        <button class="btn ghost small" type="button" onClick={() => void showPreview(id, resource)}>
          <Icon name="cycle" />
          Again
        </button>
        <button
          class="btn ghost icon"
          type="button"
          aria-label="Show the file"
          onClick={() => (preview.value = undefined)}
        >
          <Icon name="cross" />
        </button>
      </div>
      <Answer answer={answer} />
      <p class="foot">Read only to look at: nothing was written, and no checkpoint moved.</p>
    </aside>
  );
}

function Answer({ answer }: Pick<ShownPreview, 'answer'>): JSX.Element {
  if (answer === undefined) {
    return (
      <div class="pane-body" aria-busy="true">
        <p class="sm muted pad" role="status">
          <Icon name="spin" tone="spin" /> reading the first page …
        </p>
      </div>
    );
  }
  if ('problem' in answer) {
    return (
      <div class="pane-body pad">
        <div class="notice bad" role="alert">
          <Icon name="x" />
          <div>
            <h3>{answer.problem}</h3>
            <p>
              <span aria-hidden="true">→ </span>
              <Text>{answer.remedy}</Text>
            </p>
          </div>
        </div>
      </div>
    );
  }
  return (
    <>
      <div class="notice preview-said">
        <Icon name="check" tone="ok" />
        <p>
          <Text>{answer.message}</Text>
        </p>
      </div>
      <div class="pane-body" tabIndex={0} role="region" aria-label="Records of the first page">
        {isJson.value ? (
          <pre class="json">{JSON.stringify(answer.records, null, 2)}</pre>
        ) : (
          <Records records={answer.records} />
        )}
        <p class="more-rows">
          {answer.records.length > firstRows && !isAll.value && !isJson.value ? (
            <button type="button" class="btn ghost small" onClick={() => (isAll.value = true)}>
              Show the other {answer.records.length - firstRows}
            </button>
          ) : null}
          <button type="button" class="btn ghost small" onClick={() => (isJson.value = !isJson.value)}>
            {isJson.value ? 'As a table' : 'As JSON'}
          </button>
        </p>
      </div>
    </>
  );
}

const toRow = (record: unknown): Readonly<Record<string, unknown>> =>
  typeof record === 'object' && record !== null && !Array.isArray(record) ? { ...record } : { value: record };

function Records({ records }: { readonly records: readonly unknown[] }): JSX.Element {
  const rows = records.map(toRow);
  const shown = isAll.value ? rows : rows.slice(0, firstRows);
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))].slice(0, 8);
  const isNumber = (name: string): boolean => rows.every((row) => ['number', 'undefined'].includes(typeof row[name]));
  return (
    <table class="records">
      <caption class="vh">
        {shown.length} of {count(rows.length, 'record')}
      </caption>
      <thead>
        <tr>
          {names.map((name) => (
            <th key={name} scope="col" class={isNumber(name) ? 'r' : ''}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {shown.map((row, place) => (
          <tr key={place}>
            {names.map((name) => (
              <td key={name} class={isNumber(name) ? 'r' : ''}>
                {typeof row[name] === 'string' ? row[name] : JSON.stringify(row[name])}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
