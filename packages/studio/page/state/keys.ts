import { run, stopChecks } from '../checks/check-run.ts';
import { question, openReview, writeDocument } from '../dialogs/dialog-state.ts';
import { undoLast, undoSteps } from '../form/stash.ts';
import { closePanel } from '../live/token-panel.tsx';
import { documents } from './documents.ts';
import { route } from './route.ts';

const isTextField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !isChoice(target);

const isChoice = (element: HTMLElement): boolean =>
  element instanceof HTMLInputElement && (element.type === 'radio' || element.type === 'checkbox');

/** The document that the page shows. */
function shownDocument(): string | undefined {
  const { tab, name } = route.value;
  const all = documents.value.filter(({ kind }) => kind === tab);
  if (tab === 'clients') return all[0]?.id;
  return (all.find(({ id }) => id.startsWith(`connectors/${name}.`)) ?? all[0])?.id;
}

function onCommandKey(event: KeyboardEvent): boolean {
  const id = shownDocument();
  if (event.key === 's' && id !== undefined) {
    openReview(id);
    return true;
  }
  if (event.key === 'z' && !isTextField(event.target) && undoSteps.value.length > 0) {
    undoLast();
    return true;
  }
  if (event.key !== 'Enter') return false;
  if (question.value?.type === 'review') {
    void writeDocument(question.value.id);
    return true;
  }
  document.querySelector<HTMLElement>('.form .pane-head button:has(.i + kbd), .form .pane-head .btn.second')?.click();
  return true;
}

function onPlainKey(event: KeyboardEvent): boolean {
  if (event.key === '/' && route.value.tab === 'live' && !isTextField(event.target)) {
    document.querySelector<HTMLElement>('#search')?.focus();
    return true;
  }
  if (event.key !== 'Escape' || question.value !== undefined) return false;
  if (run.value?.isRunning === true) {
    stopChecks();
    return true;
  }
  if (route.value.tab !== 'live' || route.value.name === '') return false;
  closePanel(route.value.name);
  return true;
}

/** The keys of the page: Ctrl (⌘ on a Mac) with Enter, S and Z, and `/` and Escape. */
export function listenToKeys(): void {
  addEventListener('keydown', (event) => {
    const isCommand = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    const isDone = isCommand ? onCommandKey(event) : onPlainKey(event);
    if (isDone) event.preventDefault();
  });
}
