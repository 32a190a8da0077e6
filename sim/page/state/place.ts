import type { Boot } from '../../slack/client-api.ts';
import type { Place } from './state.ts';

/**
 * `?as=U…&channel=C…&thread=ts&message=ts` or `?as=U…&home=1`: who acts and what is shown, so that two tabs can be two
 * people.
 */
export function readUrl(search: string): { as: string; place: Place | null } {
  const query = new URLSearchParams(search);
  const channel = query.get('channel');
  const place: Place | null = query.has('home')
    ? { kind: 'home' }
    : channel
      ? { kind: 'channel', channel, ...given({ thread: query.get('thread'), message: query.get('message') }) }
      : null;
  return { as: query.get('as') ?? '', place };
}

/** Without what is not there. */
function given(parts: { thread: string | null; message: string | null }): { thread?: string; message?: string } {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value));
}

export function writeUrl(as: string, place: Place): string {
  const query = new URLSearchParams({ as });
  if (place.kind === 'home') query.set('home', '1');
  else {
    query.set('channel', place.channel);
    if (place.thread) query.set('thread', place.thread);
    if (place.message) query.set('message', place.message);
  }
  return `?${query}`;
}

/** Leaves the address for the GitHub pages, whose way back leads to the tab that was used last. */
export function rememberPlace() {
  if (!document.hidden) localStorage.setItem('lockstep-place', location.search);
}

/** The wanted place if this person can see it, else the first channel, else Home. */
export function placeFor(boot: Boot, wanted: Place | null): Place {
  if (wanted?.kind === 'home') return wanted;
  if (wanted && boot.channels.some((channel) => channel.id === wanted.channel)) return wanted;
  const first = boot.channels.find((channel) => !channel.is_im);
  return first ? { kind: 'channel', channel: first.id } : { kind: 'home' };
}

/** The place that a permalink or deep link of this workspace names; undefined for every other address. */
export function placeOf(url: string, origin: string): Place | undefined {
  if (!URL.canParse(url, origin)) return undefined;
  const parsed = new URL(url, origin);
  if (parsed.origin !== origin) return undefined;
  if (parsed.pathname === '/') return readUrl(parsed.search).place ?? undefined;
  const [, channel, digits] = /^\/archives\/(\w+)\/p(\d{7,})$/.exec(parsed.pathname) ?? [];
  if (!channel || !digits) return undefined;
  const message = `${digits.slice(0, -6)}.${digits.slice(-6)}`;
  return { kind: 'channel', channel, ...given({ thread: parsed.searchParams.get('thread_ts'), message }) };
}
