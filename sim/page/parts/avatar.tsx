import { useWorkspace } from './context.ts';
import { Mark } from './icon.tsx';

const colours = 8;

/** The same person always gets the same one of the palette's colours. */
function colourOf(id: string): number {
  let sum = 7;
  for (const char of id) sum = (sum * 31 + char.charCodeAt(0)) % 9973;
  return sum % colours;
}

function initials(name: string): string {
  const words = name.split(/[\s._-]+/).filter(Boolean);
  return `${words[0]?.[0] ?? '?'}${words.length > 1 ? words.at(-1)![0] : ''}`.toUpperCase();
}

/** A drawn picture of a person or of the app. The name always stands beside it, so it is hidden from screen readers. */
export function Avatar({ user, size = 36 }: { user: string; size?: number }) {
  const workspace = useWorkspace();
  const boot = workspace.get().boot;
  const person = workspace.person(user);
  const style = { width: `${size}px`, height: `${size}px`, fontSize: `${Math.round(size * 0.4)}px` };
  if (user === boot?.app.bot_user_id)
    return (
      <span class="avatar" style={style} aria-hidden="true">
        <Mark size={size} />
      </span>
    );
  return (
    <span class={`avatar tint-${colourOf(user)}`} style={style} aria-hidden="true">
      {initials(person?.real_name || person?.name || user)}
    </span>
  );
}
