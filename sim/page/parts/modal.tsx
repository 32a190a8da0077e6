import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { View } from '../../slack/client-api.ts';
import { Blocks } from '../blocks/blocks.tsx';
import type { Block, Confirm } from '../blocks/types.ts';
import { collect, invalid } from '../state/form.ts';
import { plainText, Text } from '../text/view.tsx';
import { SurfaceContext, useWorkspace } from './context.ts';
import { Dialog } from './dialog.tsx';
import { Icon, Mark } from './icon.tsx';

/** The open modals; the top one is live, those beneath wait with everything typed into them. */
export function Modals({ views, app, covered }: { views: View[]; app: string; covered: boolean }) {
  return (
    <>
      {views.map((view, index) => (
        <Modal key={view.id} view={view} app={app} depth={index} below={index < views.length - 1} inert={covered} />
      ))}
    </>
  );
}

/** Says on the form whether there is more of it above or below what is seen. */
function useMore(body: { current: HTMLElement | null }) {
  useEffect(() => {
    const it = body.current!;
    const look = () => {
      it.parentElement!.classList.toggle('has-above', it.scrollTop > 2);
      it.parentElement!.classList.toggle('has-below', it.scrollHeight - it.scrollTop - it.clientHeight > 2);
    };
    const watch = new ResizeObserver(look);
    watch.observe(it);
    for (const kid of it.children) watch.observe(kid);
    it.addEventListener('scroll', look);
    return () => {
      watch.disconnect();
      it.removeEventListener('scroll', look);
    };
  }, []);
}

interface ModalProps {
  view: View;
  app: string;
  depth: number;
  below: boolean;
  inert: boolean;
}

function Modal({ view, app, depth, below, inert }: ModalProps) {
  const workspace = useWorkspace();
  const body = useRef<HTMLDivElement>(null);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState('');
  const surface = useMemo(() => {
    const container = { type: 'view' as const, view_id: view.id };
    return { container, form: workspace.form(container, view), blocks: view.blocks as Block[] };
  }, [view]);
  const title = plainText(view.title) || app;
  useMore(body);

  // The answer to a submit is usually a new version of this view.
  useEffect(() => setBusy(false), [view.hash]);

  const close = () => void workspace.close(view);
  const toFirstError = () =>
    requestAnimationFrame(() => {
      const field = body.current?.querySelector<HTMLElement>('.is-wrong input, .is-wrong textarea, .is-wrong .select');
      field?.focus();
      field?.closest('.block')?.scrollIntoView({ block: 'nearest' });
    });
  const submit = async () => {
    if (busy) return;
    setFailure('');
    const errors = invalid(surface.blocks, surface.form);
    surface.form.setErrors(errors);
    if (Object.keys(errors).length > 0) return toFirstError();
    setBusy(true);
    const answer = await workspace.submit(view, collect(surface.blocks, surface.form));
    setFailure(answer.sentence ?? '');
    if (!answer.ok) toFirstError();
    // Accepted: the view is closed or replaced by an event that follows at once. Until then it must not be sent twice.
    setTimeout(() => setBusy(false), answer.ok ? 1500 : 0);
  };
  const onSubmit = (event: Event) => {
    event.preventDefault();
    void submit();
  };
  return (
    <Dialog label={title} onClose={close} below={below} inert={inert} class="modal">
      <form noValidate onSubmit={onSubmit} aria-busy={busy}>
        <header class="dialog-head">
          {depth > 0 ? (
            <button type="button" class="top-btn" aria-label="Back" onClick={close}>
              <Icon name="back" />
            </button>
          ) : (
            <Mark size={24} />
          )}
          <h2>{title}</h2>
          <button type="button" class="top-btn" aria-label="Close dialog" data-first onClick={close}>
            <Icon name="close" />
          </button>
        </header>
        <div class="dialog-body" ref={body}>
          <SurfaceContext.Provider value={surface}>
            <Blocks blocks={surface.blocks} />
          </SurfaceContext.Provider>
        </div>
        {failure && (
          <div class="dialog-failure" role="alert">
            <Icon name="warning" size={16} /> {failure}
          </div>
        )}
        <footer class="dialog-foot">
          <button type="button" class="btn" onClick={close}>
            {plainText(view.close ?? undefined) || (view.submit ? 'Cancel' : 'Close')}
          </button>
          {view.submit && (
            <button type="submit" class="btn btn-primary" aria-busy={busy || undefined}>
              <span class="btn-text">{plainText(view.submit)}</span>
              {busy && <span class="spinner" />}
            </button>
          )}
        </footer>
      </form>
    </Dialog>
  );
}

export interface Question {
  confirm: Confirm;
  answer: (yes: boolean) => void;
}

/** A Block Kit confirm dialog. */
export function ConfirmDialog({ question }: { question: Question }) {
  const { confirm, answer } = question;
  const title = plainText(confirm.title) || 'Are you sure?';
  return (
    <Dialog label={title} onClose={() => answer(false)} class="confirm" role="alertdialog">
      <header class="dialog-head">
        <h2>{title}</h2>
      </header>
      <div class="dialog-body">
        <Text of={confirm.text} />
      </div>
      <footer class="dialog-foot">
        <button type="button" class="btn" data-first onClick={() => answer(false)}>
          {plainText(confirm.deny) || 'Cancel'}
        </button>
        <button
          type="button"
          class={`btn ${confirm.style === 'danger' ? 'btn-danger is-solid' : 'btn-primary'}`}
          onClick={() => answer(true)}
        >
          {plainText(confirm.confirm) || 'Yes'}
        </button>
      </footer>
    </Dialog>
  );
}
