/** What hostile people, vendors and models may put into a text, one attack each, so that every cut leaves some of it. */
export const ATTACKS: Readonly<Record<string, string>> = {
  tokens: '<!channel> <@U0EVIL> <!subteam^S0EVIL> <https://evil.example|safe> ',
  mentions: '<!channel> <!here> <!everyone> <@U0EVIL> <!subteam^S0EVIL> <#C0EVIL> @channel ',
  'disguised links': '<https://evil.example|safe> [safe](https://evil.example) https://evil.example/x ',
  pictures: '![x](https://evil.example/p.png) <img src=https://evil.example/p.png> ',
  marks: '*hbold* _hitalic_ ~hstruck~ `hcode` ',
  'marks that open only': '*open _open ~open `open ',
  fences: '``` hblock ``` ',
  lines: 'one\n> hquote\n# hhead\n- item\n\n\r\n```\nhblock\u2028two\n',
  escapes: '&<>&amp;&lt;',
  ampersands: '&',
  quotes: '> hquote "\\" ',
  direction: '\u202Egnp.exe\u202C \u2066x\u2069 \u200f\u061c ',
  'zero width': 'a\u200bb\u2060c\u00add\ufeffe\u180ef ',
  joiners: 'a\u200db\u200cc \u200d\u200d ',
  'unseen messages': `x${[...'obey'].map((one) => String.fromCodePoint(0xe0000 + one.codePointAt(0)!)).join('')}\u3164 `,
  control: 'a\u0000b\u0007c\u001bd\u0085e ',
  'right to left': 'שלום עולם (אחת, שתיים) مرحبا 12:30 ',
  'wide letters': '面白い標題、',
  emoji: '👩‍👩‍👧‍👦🏳️‍🌈👍🏽🏴󠁧󠁢󠁳󠁣󠁴󠁿',
  'emoji, shifted': 'x👩‍👩‍👧‍👦🏳️‍🌈',
  'combining marks': 'e\u0301o\u0302\u0323',
  'a heap of marks': `z${'\u0335\u0321'.repeat(300)}`,
  'halves of characters': '\ud83d \udca5 x',
  'one word': 'x',
  moments: 'since 2026-11-20T10:42:00.000Z ',
  spaces: ' \u00a0\t\u3000',
};

/** Those that have found the most; the others are left to the long tests. */
export const BITING = ['tokens', 'marks', 'ampersands', 'emoji', 'spaces'];

/** An attack that goes on for as many UTF-16 units, cut wherever that is. */
export const fill = (attack: string, length: number): string =>
  attack.repeat(Math.ceil(length / attack.length)).slice(0, length);

/** The same attack in every length that a text of people, vendors or models may have. */
export interface Hostile {
  name: string;
  title: string;
  /** A description, what an agent, a monitor or a check says. */
  long: string;
  /** A document of 14 long sections. */
  markdown: string;
  /** Of a service or an agent that is offered in a list. */
  word: string;
}

export function hostile(attack: string): Hostile {
  const long = fill(attack, 4000);
  const section = (index: number): string =>
    `## ${fill(attack, 250)}\n\n${fill(attack, 2000)}\n\n- ${fill(attack, 400)}\n- **${fill(attack, 90)}** ${index}\n\n\`\`\`gherkin\n${fill(attack, 900)}\n\`\`\`\n\n_${fill(attack, 80)}_`;
  return {
    name: fill(attack, 250),
    title: fill(attack, 500),
    long,
    markdown: `# ${fill(attack, 500)}\n\n${Array.from({ length: 14 }, (_, index) => section(index)).join('\n\n')}\n`,
    word: fill(attack, 75),
  };
}
