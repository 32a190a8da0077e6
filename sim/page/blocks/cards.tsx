import { useId, useState } from 'preact/hooks';
import { Icon, type IconName } from '../parts/icon.tsx';
import { plainText, Text } from '../text/view.tsx';
import { Blocks } from './blocks.tsx';
import { ElementView } from './elements.tsx';
import { Picture } from './picture.tsx';
import { RichTextView } from './rich-text.tsx';
import type { Block } from './types.ts';

export function Card({ block }: { block: Block }) {
  return (
    <div class="card">
      {block.hero_image && <Picture of={block.hero_image} class="card-hero" />}
      <div class="card-main">
        {block.icon && <Picture of={block.icon} class="card-icon" />}
        <div class="card-words">
          {block.title && (
            <div class="card-title">
              <Text of={block.title} />
            </div>
          )}
          {block.subtitle && (
            <div class="card-subtitle">
              <Text of={block.subtitle} />
            </div>
          )}
          {block.body && (
            <div class="card-body">
              <Text of={block.body} />
            </div>
          )}
        </div>
      </div>
      {(block.actions?.length ?? 0) > 0 && (
        <div class="actions">
          {block.actions!.map((element, index) => (
            <ElementView key={element.action_id ?? index} blockId={block.block_id ?? ''} element={element} dispatch />
          ))}
        </div>
      )}
    </div>
  );
}

export function Carousel({ block }: { block: Block }) {
  const cards = (block.elements ?? []) as Block[];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must be reachable
    <section class="carousel" aria-label="Cards" tabIndex={0}>
      {cards.map((card, index) => (
        <Card key={card.block_id ?? index} block={{ ...card, block_id: card.block_id ?? block.block_id }} />
      ))}
    </section>
  );
}

export function Container({ block }: { block: Block }) {
  const folds = block.is_collapsible === true;
  const [open, setOpen] = useState(!(folds && block.default_collapsed));
  const body = useId();
  const title = block.rich_text_title ? (
    <RichTextView elements={block.rich_text_title.elements} />
  ) : (
    <span class="plain">{plainText(block.title)}</span>
  );
  const head = (
    <>
      {block.icon && <Picture of={block.icon} class="card-icon" />}
      <span class="container-words">
        <span class="container-title">{title}</span>
        {block.subtitle && (
          <span class="container-subtitle">
            <Text of={block.subtitle} />
          </span>
        )}
      </span>
    </>
  );
  return (
    <div class="container">
      {folds ? (
        <button
          type="button"
          class="container-head"
          aria-expanded={open}
          aria-controls={body}
          onClick={() => setOpen(!open)}
        >
          {head}
          <Icon name={open ? 'down' : 'right'} size={16} />
        </button>
      ) : (
        (block.title || block.rich_text_title) && <div class="container-head">{head}</div>
      )}
      <div id={body} hidden={!open} class={`container-body${block.has_header_divider ? ' has-rule' : ''}`}>
        {open && <Blocks blocks={block.child_blocks ?? []} />}
      </div>
    </div>
  );
}

const levels: Record<string, { icon: IconName; word: string }> = {
  default: { icon: 'info', word: 'Note' },
  info: { icon: 'info', word: 'Information' },
  warning: { icon: 'warning', word: 'Warning' },
  error: { icon: 'warning', word: 'Error' },
  success: { icon: 'check', word: 'Success' },
};

export function Alert({ block }: { block: Block }) {
  const level = String(block.level ?? 'default');
  const { icon, word } = levels[level] ?? levels.default!;
  return (
    <div class={`alert is-${level}`} role={level === 'error' ? 'alert' : 'status'}>
      <Icon name={icon} />
      <span class="sr">{word}: </span>
      <div>
        <Text of={block.text} />
      </div>
    </div>
  );
}
