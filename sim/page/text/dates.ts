/** Slack's date tokens, filled in for the reader's own time zone and today. */

const day = (date: Date) => new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();

/** "Today", "Yesterday", "Tomorrow" or undefined. */
function near(date: Date, now: Date): string | undefined {
  const days = Math.round((day(date) - day(now)) / 86_400_000);
  return { '-1': 'Yesterday', 0: 'Today', 1: 'Tomorrow' }[days as 0];
}

const format = (options: Intl.DateTimeFormatOptions) => (date: Date) =>
  new Intl.DateTimeFormat('en-US', options).format(date);

const ordinal = (n: number) => {
  const tail = n % 100 > 10 && n % 100 < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${n}${tail}`;
};

const year = (date: Date, now: Date) => (date.getFullYear() === now.getFullYear() ? '' : `, ${date.getFullYear()}`);
const long = (date: Date, now: Date) =>
  `${format({ month: 'long' })(date)} ${ordinal(date.getDate())}${year(date, now)}`;
const short = (date: Date, now: Date) => `${format({ month: 'short', day: 'numeric' })(date)}${year(date, now)}`;
const full = (date: Date, now: Date) => `${format({ weekday: 'long' })(date)}, ${long(date, now)}`;

/** "9:41 AM" */
export const clock = format({ hour: 'numeric', minute: '2-digit' });

function ago(date: Date, now: Date): string {
  const seconds = Math.round((date.getTime() - now.getTime()) / 1000);
  const steps: [Intl.RelativeTimeFormatUnit, number][] = [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ];
  const [unit, size] = steps.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1];
  return new Intl.RelativeTimeFormat('en', { numeric: 'auto' }).format(Math.trunc(seconds / size), unit);
}

const tokens: Record<string, (date: Date, now: Date) => string> = {
  date_num: (date) =>
    `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`,
  date_slash: (date) => format({ year: 'numeric', month: '2-digit', day: '2-digit' })(date),
  date: long,
  date_short: short,
  date_long: full,
  date_pretty: (date, now) => near(date, now) ?? long(date, now),
  date_short_pretty: (date, now) => near(date, now) ?? short(date, now),
  date_long_pretty: (date, now) => near(date, now) ?? full(date, now),
  date_long_full: full,
  day_divider_pretty: (date, now) => near(date, now) ?? full(date, now),
  time: clock,
  time_secs: format({ hour: 'numeric', minute: '2-digit', second: '2-digit' }),
  ago,
};

/**
 * `{date_short_pretty} at {time}` for a moment in seconds since 1970. "Today" begins a pattern, "today" stands within one.
 * Unknown tokens stay as they are.
 */
export function fillDate(seconds: number, pattern: string, now = new Date()): string {
  const date = new Date(seconds * 1000);
  return pattern.replace(/\{(\w+)\}/g, (whole, name: string, at: number) => {
    const text = tokens[name]?.(date, now) ?? whole;
    return at > 0 && /^(Today|Yesterday|Tomorrow)$/.test(text) ? text.toLowerCase() : text;
  });
}

/** The moment of a message timestamp such as `1732100000.000100`. */
export const momentOf = (ts: string) => new Date(Number.parseFloat(ts) * 1000);

/** Heading over a day's messages: "Today", "Yesterday" or "Thursday, November 20th". */
export const dayLabel = (ts: string, now = new Date()) => fillDate(Number.parseFloat(ts), '{date_long_pretty}', now);
