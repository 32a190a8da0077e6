import { readFileSync } from 'node:fs';
import type { Issue, Milestone, Project, StateType } from './types.ts';

/**
 * What the workspace begins with. “Holiday shop” has twelve open issues in its next milestone: seven that are refined, two
 * that are not, two that change the same files, and one that is blocked by another.
 */
export function seed(): Project[] {
  return [holidayShop(), newsletter(), ideas()];
}

interface Ticket {
  title: string;
  description: string;
}
const samples = JSON.parse(readFileSync(new URL('../sample/tickets.json', import.meta.url), 'utf8')) as Ticket[];
const sample = (begin: string): Ticket => {
  const found = samples.find((one) => one.title.startsWith(begin));
  if (!found) throw new Error(`there is no sample ticket “${begin}…”`);
  return found;
};

/** The same in every workspace. */
const uuid = (kind: number, number: number): string =>
  `5e0f1a2b-${String(kind).padStart(4, '0')}-4000-8000-${String(number).padStart(12, '0')}`;

interface More {
  labels?: string[];
  priority?: number;
  blockedBy?: string[];
  milestone?: string | null;
  state?: StateType;
}

const scenario = (name: string, given: string, when: string, then: string): string =>
  `\`\`\`gherkin\nScenario: ${name}\n  Given ${given}\n  When ${when}\n  Then ${then}\n\`\`\`\n`;

const NEXT = 'Before the holidays';

function holidayShop(): Project {
  const milestones: Milestone[] = [
    { id: uuid(2, 1), name: 'Foundations', status: 'done' },
    { id: uuid(2, 2), name: NEXT, status: 'next' },
    { id: uuid(2, 3), name: 'After the holidays', status: 'unstarted' },
  ];
  const issues: Issue[] = [];
  const add = (title: string, description: string | null, more: More = {}): void => {
    const number = issues.length + 1;
    issues.push({
      id: uuid(1, number),
      identifier: `SHOP-${number}`,
      title,
      description,
      priority: more.priority ?? 3,
      state: more.state ?? 'unstarted',
      labels: more.labels ?? ['storefront'],
      milestone: more.milestone === undefined ? NEXT : more.milestone,
      blockedBy: more.blockedBy ?? [],
    });
  };
  const from = (begin: string, more?: More): void => {
    const { title, description } = sample(begin);
    add(title, description, more);
  };

  // Seven that are refined.
  from('Show a free-shipping banner', { priority: 2 });
  from('Search finds nothing');
  from('Show reduced products');
  from('Let customers add gift wrapping');
  from('Send a plain-text version', { labels: ['newsletter'] });
  add(
    'Tell customers the last day to order for the holidays',
    `Support is asked for it daily in December.\n\n${scenario('The day is on every page', 'the last day to order is December 18', 'I open the shop', 'I see "Order by December 18"')}`,
  );
  add(
    'Keep the cart for thirty days',
    `People come back for what they left.\n\n${scenario('A cart is still there', 'I put an Enamel Mug into my cart 29 days ago', 'I open the shop', 'my cart holds the Enamel Mug')}`,
    // No label names its service, so somebody is asked.
    { labels: ['improvement'] },
  );
  // Two that are not.
  add('Make the product page nicer', 'It looks a bit empty. Could we make it nicer, like the good shops have it?');
  add('Gift cards', null, { labels: [] });
  // Two that change the same files.
  add(
    'Show the price of one kilogram',
    `The law wants it from January. Changes \`src/views/product.js\` and \`src/lib/money.js\`.\n\n${scenario('The price of one kilogram is shown', 'the Trail Mix of 500 g costs $9.00', 'I open its page', 'I see "$18.00 a kilogram"')}`,
  );
  add(
    'Show prices without cents where they are round',
    `Shorter on phones. Changes \`src/views/product.js\` and \`src/lib/money.js\`.\n\n${scenario('Round prices have no cents', 'the Enamel Mug costs $18.00', 'I open its page', 'I see "$18"')}`,
  );
  // One that is blocked by another.
  add(
    'Remind customers of a cart that they left',
    `By mail, one day later, with the mail of their account.\n\n${scenario('A reminder is sent', 'I left an Enamel Mug in my cart yesterday', 'the reminders are sent', 'I get one mail that names the Enamel Mug')}`,
    { blockedBy: ['SHOP-7'] },
  );
  // Not of this milestone, or done.
  add('A wish list', 'After the rush.', { milestone: 'After the holidays', state: 'backlog' });
  add('Move the shop to the new servers', 'Done in October.', { milestone: 'Foundations', state: 'completed' });
  add('Round corners', 'Dropped.', { state: 'canceled' });
  return { id: uuid(3, 1), name: 'Holiday shop', slugId: '5e0f1a2b3c4d', milestones, issues };
}

/** Without any milestone: all of it is meant. */
function newsletter(): Project {
  const issue = (number: number, title: string, description: string | null, state: StateType): Issue => ({
    id: uuid(1, 100 + number),
    identifier: `NEWS-${number}`,
    title,
    description,
    priority: 0,
    state,
    labels: ['newsletter'],
    milestone: null,
    blockedBy: [],
  });
  const criteria = scenario(
    'A letter is previewed',
    'a week with two stories',
    'I open its preview',
    'I see both titles',
  );
  const issues = [
    issue(1, 'Preview a letter before it is sent', criteria, 'unstarted'),
    issue(2, 'Sort stories by hand', null, 'backlog'),
    issue(3, 'Send on Thursdays', 'Done.', 'completed'),
  ];
  return { id: uuid(3, 2), name: 'Newsletter', slugId: '6f1a2b3c4d5e', milestones: [], issues };
}

/** Nothing in it yet. */
const ideas = (): Project => ({ id: uuid(3, 3), name: 'Ideas', slugId: '7a2b3c4d5e6f', milestones: [], issues: [] });
