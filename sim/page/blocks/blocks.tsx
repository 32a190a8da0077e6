import { useId, useState } from 'preact/hooks';
import { useForm } from '../parts/context.ts';
import { safeUrl } from '../text/inline.ts';
import { Link, plainText, Text } from '../text/view.tsx';
import { Alert, Card, Carousel, Container } from './cards.tsx';
import { ChartView } from './chart.tsx';
import { ElementView, FeedbackButtons, IconButton } from './elements.tsx';
import { MarkdownView } from './markdown.tsx';
import { Picture } from './picture.tsx';
import { Plan, TaskView } from './plan.tsx';
import { RichTextView } from './rich-text.tsx';
import { DataTable, Table } from './tables.tsx';
import type { Block, Element, RichElement, Task, TextObject } from './types.ts';

/** A message's, modal's or Home view's blocks, one below the other. */
export function Blocks({ blocks }: { blocks: Block[] }) {
  return (
    <div class="blocks">
      {blocks.map((block, index) => (
        // A block that keeps its id keeps its state (folded, page, typed text) when the app updates the view around it.
        <div
          key={`${block.type}-${block.block_id ?? index}`}
          class={`block block-${block.type}`}
          data-block={block.block_id}
        >
          <BlockView block={block} />
        </div>
      ))}
    </div>
  );
}

function BlockView({ block }: { block: Block }) {
  const id = block.block_id ?? '';
  switch (block.type) {
    case 'section':
      return <Section block={block} />;
    case 'header': {
      const Header = Number(block.level) > 1 ? 'h4' : 'h3';
      return (
        <Header class="header">
          <Text of={block.text} />
        </Header>
      );
    }
    case 'divider':
      return <hr class="divider" />;
    case 'context':
      return <Context block={block} />;
    case 'actions':
      return (
        <div class="actions">
          {((block.elements ?? []) as Element[]).map((element, index) => (
            <ElementView key={element.action_id ?? index} blockId={id} element={element} dispatch />
          ))}
        </div>
      );
    case 'context_actions':
      return (
        <div class="actions is-quiet">
          {((block.elements ?? []) as Element[]).map((element, index) =>
            element.type === 'feedback_buttons' ? (
              <FeedbackButtons key={element.action_id ?? index} blockId={id} element={element} />
            ) : (
              <IconButton key={element.action_id ?? index} blockId={id} element={element} />
            ),
          )}
        </div>
      );
    case 'input':
      return <Input block={block} />;
    case 'image':
      return (
        <figure class="image">
          {block.title && <figcaption>{plainText(block.title)}</figcaption>}
          <Picture of={block} class="picture-large" />
        </figure>
      );
    case 'rich_text':
      return <RichTextView elements={(block.elements ?? []) as RichElement[]} />;
    case 'markdown':
      return <MarkdownView text={plainText(block.text)} />;
    case 'table':
      return <Table block={block} />;
    case 'data_table':
      return <DataTable block={block} />;
    case 'data_visualization':
      return <ChartView block={block} />;
    case 'plan':
      return <Plan block={block} />;
    case 'task_card':
      return <TaskView task={{ ...block, title: plainText(block.title), status: block.status ?? 'pending' } as Task} />;
    case 'card':
      return <Card block={block} />;
    case 'carousel':
      return <Carousel block={block} />;
    case 'container':
      return <Container block={block} />;
    case 'alert':
      return <Alert block={block} />;
    case 'video':
      return <Video block={block} />;
    default:
      return <Unknown block={block} />;
  }
}

/** Newer layouts bring blocks for clients that do not know them; anything else is named instead of dropped. */
function Unknown({ block }: { block: Block }) {
  if (block.fallback?.length) return <Blocks blocks={block.fallback} />;
  return <div class="unknown">This page cannot draw a “{block.type}” block.</div>;
}

function Video({ block }: { block: Block }) {
  const url = safeUrl(block.title_url ?? block.video_url ?? '');
  const title = plainText(block.title) || 'Video';
  return <div class="unknown">Video: {url ? <Link url={url}>{title}</Link> : title}</div>;
}

const long = 1400;

function Section({ block }: { block: Block }) {
  const words = plainText(block.text);
  const folds = !block.expand && words.length > long;
  const [open, setOpen] = useState(false);
  return (
    <div class={`section${block.accessory ? ' has-accessory' : ''}`}>
      <div class="section-words">
        {block.text && (
          <div class={folds && !open ? 'is-folded' : undefined}>
            <Text of={block.text} />
          </div>
        )}
        {folds && (
          <button type="button" class="link-btn" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? 'Show less' : 'Show more'}
          </button>
        )}
        {block.fields && (
          <div class="fields">
            {block.fields.map((field, index) => (
              <div key={index} class="section-field">
                <Text of={field} />
              </div>
            ))}
          </div>
        )}
      </div>
      {block.accessory && (
        <div class="accessory">
          <ElementView blockId={block.block_id ?? ''} element={block.accessory} dispatch name={nameFrom(words)} />
        </div>
      )}
    </div>
  );
}

/** A section's first line without its markup names the select or date field beside it. */
function nameFrom(words: string): string | undefined {
  const line = words
    .split('\n')[0]!
    .replace(/[*_~`]/g, '')
    .replace(/<[^>|]*\|?([^>]*)>/g, '$1')
    .trim();
  return line ? line.slice(0, 80) : undefined;
}

function Context({ block }: { block: Block }) {
  return (
    <div class="context">
      {((block.elements ?? []) as (Element | TextObject)[]).map((element, index) =>
        element.type === 'image' ? (
          <Picture key={index} of={element as Element} class="picture-tiny" />
        ) : (
          <span key={index} class="context-text">
            <Text of={element as TextObject} />
          </span>
        ),
      )}
    </div>
  );
}

const grouped = new Set(['checkboxes', 'radio_buttons']);

function Input({ block }: { block: Block }) {
  const form = useForm();
  const id = useId();
  const element = block.element;
  if (!element) return <Unknown block={block} />;
  const blockId = block.block_id ?? '';
  const error = form.errors()[blockId];
  const label = plainText(block.label);
  const described = [block.hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ') || undefined;
  const isGroup = grouped.has(element.type);
  const words = (
    <>
      {label}
      {block.optional && <span class="optional"> (optional)</span>}
    </>
  );
  return (
    <div class={`input${error ? ' is-wrong' : ''}`}>
      {isGroup ? (
        <div class="label">{words}</div>
      ) : (
        <label class="label" for={id}>
          {words}
        </label>
      )}
      <ElementView
        blockId={blockId}
        element={element}
        dispatch={block.dispatch_action === true}
        id={isGroup ? undefined : id}
        name={label}
        describedBy={described}
        required={block.optional !== true}
        wrong={error !== undefined}
      />
      {error && (
        <div class="error" id={`${id}-error`} role="alert">
          {error}
        </div>
      )}
      {block.hint && (
        <div class="hint" id={`${id}-hint`}>
          {plainText(block.hint)}
        </div>
      )}
    </div>
  );
}
