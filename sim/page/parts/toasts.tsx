import type { Toast } from '../state/state.ts';
import { useWorkspace } from './context.ts';
import { Icon } from './icon.tsx';

/** Short notices over everything else. */
export function Toasts({ toasts }: { toasts: Toast[] }) {
  const workspace = useWorkspace();
  return (
    <section class="toasts" aria-label="Notices" aria-live="polite">
      {toasts.map((toast) => (
        <div key={toast.id} class={`toast is-${toast.tone}`} role={toast.tone === 'error' ? 'alert' : 'status'}>
          <Icon name={toast.tone === 'error' ? 'warning' : 'info'} />
          <span>{toast.text}</span>
          <button type="button" aria-label="Dismiss" onClick={() => workspace.dismiss(toast.id)}>
            <Icon name="close" size={14} />
          </button>
        </div>
      ))}
    </section>
  );
}
