import { useEffect, useRef } from 'preact/hooks';
import type { JSX } from 'preact';
import { clientSchema } from '../clients/clients-page.tsx';
import { ModeFields } from '../clients/auth-form.tsx';
import { diffLines, foldLines } from '../file/line-diff.ts';
import { DiffLines } from '../file/code-lines.tsx';
import { authLabel } from '../form/labels.ts';
import { schemaAt, findVariant } from '../form/schema.ts';
import { openReview } from '../dialogs/dialog-state.ts';
import { Icon } from '../parts/icon.tsx';
import { count } from '../parts/text.tsx';
import { currentText, fieldsAt, findDocument, savedAt } from '../state/documents.ts';
import { go } from '../state/route.ts';
import { ModeCards } from './mode-cards.tsx';
import { ProbeNotice } from './probe-notice.tsx';
import { Question, WizardFoot } from './wizard-frame.tsx';
import { NameStep } from './name-step.tsx';
import { change, finish, newClient, toDetails } from './wizard-state.ts';

const steps = ['Name and URL', 'Authentication', 'Details', 'Test and save'];

/** Adds a client in four steps. Nothing is written before the last. */
export function Wizard({ id }: { readonly id: string }): JSX.Element {
  const { step } = newClient.value;
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => body.current?.scrollTo(0, 0), [step]);
  return (
    <div class="pane-body" tabIndex={0} role="region" aria-label="New client" ref={body}>
      <form class="wizard" onSubmit={(event) => event.preventDefault()}>
        <ol class="steps" aria-label="Steps">
          {steps.map((title, place) => (
            <li key={title} aria-current={place + 1 === step ? 'step' : undefined}>
              <b>{place + 1 < step ? <Icon name="tick" /> : place + 1}</b>
              {title}
              {place + 1 < step ? <span class="vh"> (done)</span> : null}
            </li>
          ))}
        </ol>
        {step === 1 ? <NameStep id={id} /> : null}
        {step === 2 ? <ModeStep id={id} /> : null}
        {step === 3 ? <DetailStep id={id} /> : null}
        {step === 4 ? <LastStep id={id} /> : null}
      </form>
    </div>
  );
}

function ModeStep({ id }: { readonly id: string }): JSX.Element {
  const { name, type, baseUrl, probed } = newClient.value;
  return (
    <>
      <Question title={`How does ${name} know who is calling?`}>
        You can change this later. Nothing is written before you have seen it and saved.
      </Question>
      <ProbeNotice />
      <ModeCards
        chosen={type}
        challenge={probed?.hasAnswered === true ? probed.challenge : ''}
        onChoose={(chosen) => change({ type: chosen })}
      />
      <WizardFoot
        id={id}
        next={`Continue with ${authLabel(type)}`}
        isReady={baseUrl !== ''}
        onBack={() => change({ step: 1 })}
        onNext={() => toDetails(id)}
      />
    </>
  );
}

function DetailStep({ id }: { readonly id: string }): JSX.Element {
  const { name, type } = newClient.value;
  const path = ['clients', name, 'auth'];
  const variant = findVariant(schemaAt(clientSchema(), 'auth'), fieldsAt(id, path));
  const problems = (currentText(id)?.problems ?? []).filter((problem) => problem.path.startsWith(`clients.${name}.`));
  return (
    <>
      <Question title={`${authLabel(type)} for ${name}`}>
        References only: the studio never asks for a secret, and shows whether it is there.
      </Question>
      <div class="section">
        {variant === undefined ? null : <ModeFields id={id} path={path} schema={variant} />}
        {type === 'none' ? <p class="muted">Nothing to set. It is written down, so that it is not forgotten.</p> : null}
      </div>
      <WizardFoot
        id={id}
        next={problems.length === 0 ? 'Continue' : `Continue with ${count(problems.length, 'problem')}`}
        isReady
        onBack={() => change({ step: 2 })}
        onNext={() => change({ step: 4 })}
      />
    </>
  );
}

function LastStep({ id }: { readonly id: string }): JSX.Element {
  const { name } = newClient.value;
  const lines = foldLines(diffLines(findDocument(id)?.text ?? '', currentText(id)?.text ?? ''));
  const saved = savedAt.value.get(id);
  useEffect(() => {
    if (saved !== undefined) finish();
  }, [saved]);
  return (
    <>
      <Question title={`This is what ${name} adds to the file`}>
        Test it first if you like: as it is here, not yet saved.
      </Question>
      <div class="diff">
        <div class="code" role="group" aria-label="What is written">
          <DiffLines lines={lines} />
        </div>
      </div>
      <WizardFoot
        id={id}
        next="Review and write"
        isReady
        onBack={() => change({ step: 3 })}
        onNext={() => openReview(id)}
        other={
          <button
            type="button"
            class="btn second"
            onClick={() => {
              finish();
              go('clients', name, 'test');
            }}
          >
            <Icon name="play" />
            Test
          </button>
        }
      />
    </>
  );
}
