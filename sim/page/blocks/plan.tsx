import { useState } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';
import { safeUrl } from '../text/inline.ts';
import { Link, plainText } from '../text/view.tsx';
import { RichTextView } from './rich-text.tsx';
import type { Block, Task } from './types.ts';

const words = { pending: 'Waiting', in_progress: 'Running', complete: 'Done', error: 'Failed' } as const;

function Status({ of }: { of: Task['status'] }) {
  return (
    <span class={`status is-${of}`} role="img" aria-label={words[of] ?? of} title={words[of] ?? of}>
      {of === 'complete' && <Icon name="check" size={12} />}
      {of === 'error' && <Icon name="close" size={11} />}
    </span>
  );
}

/** What an agent does, step by step. */
export function Plan({ block }: { block: Block }) {
  const tasks = block.tasks ?? [];
  const done = tasks.filter((task) => task.status === 'complete').length;
  const running = tasks.some((task) => task.status === 'in_progress' || task.status === 'pending');
  const [open, setOpen] = useState(true);
  return (
    <div class="plan">
      <button type="button" class="plan-head" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={open ? 'down' : 'right'} size={14} />
        <span class={`plan-title${running ? ' is-running' : ''}`}>{plainText(block.title)}</span>
        <span class="plan-count">
          {done} of {tasks.length} done
        </span>
      </button>
      {open && (
        <ol class="plan-tasks">
          {tasks.map((task) => (
            <li key={task.task_id ?? task.title}>
              <TaskView task={task} />
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

/** One step: folded to a line while it has nothing to tell, its details behind a press otherwise. */
export function TaskView({ task }: { task: Task }) {
  const more = Boolean(task.details || task.sources?.length);
  const [open, setOpen] = useState(task.status === 'error' || task.status === 'in_progress');
  return (
    <div class={`task is-${task.status}`}>
      <div class="task-line">
        <Status of={task.status} />
        {more ? (
          <button type="button" class="task-title" aria-expanded={open} onClick={() => setOpen(!open)}>
            {task.title}
            <Icon name={open ? 'down' : 'right'} size={12} />
          </button>
        ) : (
          <span class="task-title">{task.title}</span>
        )}
      </div>
      {more && open && task.details && <RichTextView elements={task.details.elements} />}
      {task.output && (
        <div class="task-output">
          <RichTextView elements={task.output.elements} />
        </div>
      )}
      {more && open && task.sources && (
        <div class="task-sources">
          {task.sources.map((source) => {
            const url = safeUrl(source.url);
            return url ? (
              <Link key={source.url} url={url}>
                {source.text}
              </Link>
            ) : (
              <span key={source.url}>{source.text}</span>
            );
          })}
        </div>
      )}
    </div>
  );
}
