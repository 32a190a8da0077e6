/** Notifications of the operating system: only for who asked for them with the bell, and only while the page is hidden. */

const key = 'lockstep-desktop-notifications';

export type Desktop = 'on' | 'off' | 'refused' | 'missing';

export function desktopState(): Desktop {
  if (!('Notification' in window)) return 'missing';
  if (Notification.permission === 'denied') return 'refused';
  return Notification.permission === 'granted' && localStorage.getItem(key) === 'on' ? 'on' : 'off';
}

/** Turns them on, which asks the browser the first time, or off again. */
export async function toggleDesktop(): Promise<Desktop> {
  const now = desktopState();
  if (now === 'on') localStorage.removeItem(key);
  else if (now === 'off' && (await Notification.requestPermission()) === 'granted') localStorage.setItem(key, 'on');
  return desktopState();
}

/** `tag` keeps one notification a message, however many tabs show the workspace. */
export function notifyDesktop(text: string, { tag, onOpen }: { tag: string; onOpen: () => void }) {
  if (desktopState() !== 'on' || !document.hidden) return;
  const at = text.indexOf(': ');
  const shown = new Notification(text.slice(0, at), { body: text.slice(at + 2), tag });
  shown.onclick = () => {
    window.focus();
    shown.close();
    onOpen();
  };
}
