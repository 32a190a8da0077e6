import type { ModalView } from '@slack/types';
import { actions, alert, context, inert, type ModalSpec, modal, section } from './blocks.ts';
import { askButtons, compareButton } from './buttons.ts';
import { clipLines } from './card.ts';
import type { Ask, DocumentRef, ItemRef } from './data.ts';
import { fromMarkdown } from './markdown.ts';
import { capital, clip, oneLine, plural, safe } from './text.ts';
import { pack, type Target } from './values.ts';

/** What is approved, to be read before it is: for those who decide from a list, away from the item's thread. */
export interface ApproveData {
  item: ItemRef;
  /** Pinned to what is shown here. */
  target: Target;
  /** null when it is not open any more. */
  ask: Ask | null;
  document: DocumentRef | null;
  markdown: string;
  /** About the pull request, where no document is approved. */
  lines: readonly string[];
}

const NAMES = { prd: 'PRD', spec: 'spec', head: 'pull request', merge: 'release' } as const;

export function approveModal(data: ApproveData, notice?: string): ModalView {
  const { item, target, ask } = data;
  const name = NAMES[target.of ?? 'prd'];
  return modal({
    id: 'approve',
    title: `Approve ${name}`,
    ...(ask ? { submit: 'Approve', close: 'Not Now' } : {}),
    metadata: pack(target),
    blocks: [
      ...(notice ? [alert(notice)] : []),
      inert([{ text: `${item.key}  ${clip(oneLine(item.title), 200)}`, bold: true }]),
      ...(ask && ask.need > 1 ? [context(`${ask.have} of ${ask.need} approvals so far`)] : []),
      ...content(data),
      ...(ask ? actions([...otherWays(item, ask), ...since(data)]) : []),
    ],
  });
}

function content({ document, markdown, lines }: ApproveData): ModalSpec['blocks'] {
  if (!document) return lines.length > 0 ? [section(clipLines(lines, 2900))] : [];
  const open = document.placeholders > 0 ? ` · ${plural(document.placeholders, 'place')} to fill in` : '';
  const by = `${capital(document.label)}, revision ${document.revision} by ${safe(document.author.name, 60)}`;
  // Its title is the item's, which stands above.
  const text = fromMarkdown(markdown.replace(/^# .*\n+/, ''), { max: 60_000, maxBlocks: 85 });
  return [
    context(`${by}${open}`),
    ...text.blocks,
    ...(text.cut ? [context('The document is longer than Slack can show.')] : []),
  ];
}

const since = ({ item, document }: ApproveData) => (document ? compareButton(item, document) : []);

/** To disagree, or to change it first. */
const otherWays = (item: ItemRef, ask: Ask) =>
  askButtons(item, ask, false).filter(
    (element) => 'action_id' in element && ['request_changes', 'edit'].includes(element.action_id ?? ''),
  );
