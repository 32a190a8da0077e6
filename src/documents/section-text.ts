import { RATINGS, RISK_TRIGGERS } from './fields.ts';

/**
 * How one section stands as text in an input, and how that text is read back. `read` throws a sentence that names the
 * line; what `write` gives, `read` reads to the same value.
 */
export interface TextForm<T> {
  write(value: T): string;
  read(text: string): T;
}

type Rating = (typeof RATINGS)[number];

/** Lines that say something, without list marks. */
function lines(text: string): string[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.replace(/^\s*(?:[-*•]|\d+[.)])\s+/, '').trim())
    .filter((line) => line !== '');
}

/** Splits at the first dash between spaces: "path — reason". */
function atDash(line: string): [string, string] {
  const at = /\s+(?:—|–|--|-)\s+/.exec(line);
  return at ? [line.slice(0, at.index).trim(), line.slice(at.index + at[0].length).trim()] : [line, ''];
}

function rating(word: string, line: string): Rating {
  const found = RATINGS.find((one) => one === word.trim().toLowerCase());
  if (!found) throw new Error(`"${line}": write likelihood/impact as two of ${RATINGS.join(', ')}`);
  return found;
}

export const prose: TextForm<string> = {
  write: (value) => value,
  read: (text) => text.replace(/\r\n/g, '\n').trim(),
};

export const list: TextForm<string[]> = {
  write: (value) => value.map((line) => `- ${line.replace(/\s*\n\s*/g, ' ')}`).join('\n'),
  read: lines,
};

/** `text (https://…)`, a line each. */
export const linked: TextForm<{ text: string; url: string | null }[]> = {
  write: (value) => value.map(({ text, url }) => `- ${text}${url ? ` (${url})` : ''}`).join('\n'),
  read: (text) =>
    lines(text).map((line) => {
      const found = /^(.*?)\s*\((https?:\/\/[^\s)]+)\)$/.exec(line);
      return found ? { text: found[1]!, url: found[2]! } : { text: line, url: null };
    }),
};

export const paths: TextForm<{ path: string; reason: string }[]> = {
  write: (value) => value.map(({ path, reason }) => `- ${path}${reason ? ` — ${reason}` : ''}`).join('\n'),
  read: (text) =>
    lines(text).map((line) => {
      const [path, reason] = atDash(line);
      if (/\s/.test(path)) throw new Error(`"${line}": write the path, a dash, the reason`);
      return { path: path.replace(/^`|`$/g, ''), reason };
    }),
};

/** `medium/high: what may go wrong — what we do about it`. */
export const risks: TextForm<{ risk: string; likelihood: Rating; impact: Rating; mitigation: string }[]> = {
  write: (value) =>
    value
      .map((one) => `- ${one.likelihood}/${one.impact}: ${one.risk}${one.mitigation ? ` — ${one.mitigation}` : ''}`)
      .join('\n'),
  read: (text) =>
    lines(text).map((line) => {
      const found = /^([a-z]+)\s*\/\s*([a-z]+)\s*:\s*(.+)$/i.exec(line);
      if (!found) throw new Error(`"${line}": begin a risk with likelihood/impact, for example "low/high: …"`);
      const [risk, mitigation] = atDash(found[3]!);
      return { risk, mitigation, likelihood: rating(found[1]!, line), impact: rating(found[2]!, line) };
    }),
};

export const triggers: TextForm<(typeof RISK_TRIGGERS)[number][]> = {
  write: (value) => list.write(value),
  read: (text) =>
    lines(text).map((line) => {
      const found = RISK_TRIGGERS.find((one) => one === line.toLowerCase());
      if (!found) throw new Error(`"${line}" is not a risk trigger; they are: ${RISK_TRIGGERS.join(', ')}`);
      return found;
    }),
};

/** `scenario | input | expected`. */
export const tests: TextForm<{ scenario: string; input: string; expected: string }[]> = {
  write: (value) => value.map((one) => `- ${one.scenario} | ${one.input} | ${one.expected}`).join('\n'),
  read: (text) =>
    lines(text).map((line) => {
      const cells = line.split('|').map((cell) => cell.trim());
      if (cells.length !== 3) throw new Error(`"${line}": write scenario | input | expected`);
      return { scenario: cells[0]!, input: cells[1]!, expected: cells[2]! };
    }),
};
