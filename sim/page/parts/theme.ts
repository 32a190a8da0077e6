import { useEffect, useState } from 'preact/hooks';

type Theme = 'light' | 'dark';

const key = 'lockstep-theme';
const changed = 'lockstep-theme-changed';

function wished(): Theme {
  const own = localStorage.getItem(key);
  if (own === 'light' || own === 'dark') return own;
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

/** Puts the chosen theme, or the system's, on the document. Called before the first drawing. */
export function applyTheme() {
  document.documentElement.dataset.theme = wished();
}

export function toggleTheme(now: Theme) {
  localStorage.setItem(key, now === 'dark' ? 'light' : 'dark');
  window.dispatchEvent(new Event(changed));
}

/** The theme in use; follows the toggle, other tabs and, without a choice, the system. */
export function useTheme(): Theme {
  const [theme, setTheme] = useState(wished);
  useEffect(() => {
    const update = () => {
      applyTheme();
      setTheme(wished());
    };
    const system = matchMedia('(prefers-color-scheme: dark)');
    window.addEventListener(changed, update);
    window.addEventListener('storage', update);
    system.addEventListener('change', update);
    return () => {
      window.removeEventListener(changed, update);
      window.removeEventListener('storage', update);
      system.removeEventListener('change', update);
    };
  }, []);
  return theme;
}
