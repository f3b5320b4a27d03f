import { signal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { JSX } from 'preact';
import { currentText, documents, findDocument } from '../state/documents.ts';
import { Icon } from '../parts/icon.tsx';
import { count } from '../parts/text.tsx';
import { ModeRow } from '../form/union-field.tsx';
import { PaneSwitch } from '../parts/pane-switch.tsx';
import { CodeLine, DiffLines } from './code-lines.tsx';
import { diffLines } from './line-diff.ts';
import { Problems } from './problems.tsx';

const view = signal<'file' | 'changes'>('file');

const baseName = (file: string): string => file.split(/[/\\]/).at(-1) ?? file;

/** The file beside the form: the same edits, and the problems that `loadConfig` reports. */
export function FilePane({ id, name }: { readonly id: string; readonly name: string }): JSX.Element {
  const text = currentText(id)?.text ?? '';
  const before = findDocument(id)?.text ?? '';
  const lines = useMemo(() => diffLines(before, text), [before, text]);
  const problems = currentText(id)?.problems ?? [];
  const file = baseName(findDocument(id)?.file ?? id);
  return (
    <aside class="pane side" aria-label="File">
      <div class="pane-head">
        <Icon name="file" tone="faint" />
        <h2 class="grow">
          <code>{file}</code>
        </h2>
        <PaneSwitch names={['Form', 'File']} />
        <ModeRow
          name="file-view"
          label="View of the file"
          modes={views}
          chosen={view.value}
          onChoose={(type) => (view.value = type === 'changes' ? 'changes' : 'file')}
        />
      </div>
      <Code file={file} name={name} count={lines.length}>
        {view.value === 'changes' ? (
          <DiffLines lines={lines} />
        ) : (
          lines
            .filter(({ type }) => type !== 'del')
            .map(({ number, text: line, type }) => (
              <CodeLine
                key={number}
                number={number}
                text={line}
                look={type === 'add' ? 'changed' : 'same'}
                isProblem={problems.some((each) => each.line === number)}
              />
            ))
        )}
      </Code>
      <Problems id={id} problems={problems} />
    </aside>
  );
}

const views = [
  { type: 'file', label: 'File' },
  { type: 'changes', label: 'Changes' },
] as const;

interface CodeProps {
  readonly file: string;
  /** The client to show: its lines are brought into view. */
  readonly name: string;
  readonly count: number;
  readonly children: JSX.Element | readonly JSX.Element[];
}

function Code({ file, name, count: lines, children }: CodeProps): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (name === '') return;
    const pattern = new RegExp(`^\\s+"?${name.replace(/[^\w-]/g, '.')}"?:`);
    const line = [...(box.current?.querySelectorAll('.ln') ?? [])].find((each) =>
      pattern.test(each.querySelector('.tx')?.textContent ?? ''),
    );
    const top = line instanceof HTMLElement ? line.offsetTop - (box.current?.offsetTop ?? 0) : 0;
    const visible = box.current?.clientHeight ?? 0;
    if (box.current !== null) box.current.scrollTop = top > visible * 0.7 ? top - visible / 3 : 0;
  }, [name, documents.value.length]);
  return (
    <div class="pane-body code-body" tabIndex={0} role="region" aria-label={`Contents of ${file}`} ref={box}>
      <div class="code" role="group" aria-label={`${file}, ${count(lines, 'line')}`}>
        {children}
      </div>
    </div>
  );
}
