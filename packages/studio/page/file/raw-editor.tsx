import { useState } from 'preact/hooks';
import type { JSX } from 'preact';
import { api } from '../state/api.ts';
import { findDocument, takeDocument } from '../state/documents.ts';
import { Icon } from '../parts/icon.tsx';
import { CodeLine } from './code-lines.tsx';
import { Problems } from './problems.tsx';

/** A file with a syntax error: it cannot be a form. It is shown as it is, and can be corrected here. */
export function RawEditor({ id }: { readonly id: string }): JSX.Element {
  const known = findDocument(id);
  const [text, setText] = useState(known?.text ?? '');
  const [problems, setProblems] = useState(known?.problems ?? []);
  const [note, setNote] = useState('');
  const edit = async (next: string): Promise<void> => {
    setText(next);
    setProblems((await api.check({ id, base: known?.text ?? '', text: next })).problems);
  };
  const save = async (): Promise<void> => {
    const result = await api.save({ id, base: known?.text ?? '', text }, known?.version ?? 'absent');
    if (result.isSaved) takeDocument(result.state);
    else setNote('The file has changed on disk meanwhile. Load the page again to see it; nothing was written.');
  };
  return (
    <div class="work raw">
      <div class="pane form">
        <div class="pane-head">
          <div class="grow title">
            <h1>{known?.file.split('/').at(-1)}</h1>
            <span class="xs faint hide-narrow">has a syntax error, so there is no form for it</span>
          </div>
          <button type="button" class="btn primary" onClick={() => void save()} aria-disabled={text === known?.text}>
            Write the file
          </button>
        </div>
        <div class="pane-body raw-body">
          <div class="notice bad">
            <Icon name="x" />
            <div>
              <h2>
                {known?.version === 'unreadable' ? 'This file cannot be read' : 'This file cannot be read as YAML'}
              </h2>
              <p>Correct it here, or in your editor: this page follows it. {note}</p>
            </div>
          </div>
          <label class="label" for="raw">
            Text of the file
          </label>
          <div class="input area mono-in raw-text">
            <textarea
              id="raw"
              spellcheck={false}
              value={text}
              onInput={(event) => void edit(event.currentTarget.value)}
            />
          </div>
        </div>
      </div>
      <aside class="pane side" aria-label="File">
        <div class="pane-head">
          <h2>With its problems</h2>
        </div>
        <div class="pane-body" tabIndex={0} role="region" aria-label="Contents of the file">
          <div class="code">
            {text.split('\n').map((line, place) => (
              <CodeLine
                key={place}
                number={place + 1}
                text={line}
                look="same"
                isProblem={problems.some((each) => each.line === place + 1)}
              />
            ))}
          </div>
        </div>
        <Problems id={id} problems={problems} />
      </aside>
    </div>
  );
}
