import type { Toast } from '../state/state.ts';
import { useWorkspace } from './context.ts';
import { Icon, type IconName } from './icon.tsx';

const icons: Record<Toast['tone'], IconName> = { info: 'info', error: 'warning', notice: 'bell' };

/** Short notices over everything else, and in a corner of their own what was said to one elsewhere. */
export function Toasts({ toasts }: { toasts: Toast[] }) {
  const notices = toasts.filter((toast) => toast.tone === 'notice');
  return (
    <>
      <section class="toasts" aria-label="Notices" aria-live="polite">
        {toasts
          .filter((toast) => toast.tone !== 'notice')
          .map((toast) => (
            <ToastView key={toast.id} toast={toast} />
          ))}
      </section>
      <section class="toasts is-corner" aria-label="Notifications" aria-live="polite">
        {notices.map((toast) => (
          <ToastView key={toast.id} toast={toast} />
        ))}
      </section>
    </>
  );
}

function ToastView({ toast }: { toast: Toast }) {
  const workspace = useWorkspace();
  const { id, text, tone, open } = toast;
  // "Lockstep in #lockstep: …": who and where come first.
  const lead = tone === 'notice' ? text.indexOf(': ') + 1 : 0;
  const go = () => {
    workspace.dismiss(id);
    workspace.open(open!);
  };
  return (
    <div class={`toast is-${tone}`} role={tone === 'error' ? 'alert' : undefined}>
      <Icon name={icons[tone]} />
      <span class="toast-words" title={text}>
        {lead > 0 && <b>{text.slice(0, lead)}</b>}
        {text.slice(lead)}
      </span>
      {open && (
        <button type="button" class="toast-open" onClick={go}>
          Open
        </button>
      )}
      <button type="button" aria-label="Dismiss" onClick={() => workspace.dismiss(id)}>
        <Icon name="close" size={14} />
      </button>
    </div>
  );
}
