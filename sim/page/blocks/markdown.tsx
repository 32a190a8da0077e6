import { useMemo } from 'preact/hooks';
import { type Part, parseMarkdown } from '../text/markdown.ts';
import { Inlines } from '../text/view.tsx';

/** Standard Markdown, drawn without HTML. Headings start below the page's own. */
export function MarkdownView({ text }: { text: string }) {
  const parts = useMemo(() => parseMarkdown(text), [text]);
  return (
    <div class="text markdown">
      <Parts parts={parts} />
    </div>
  );
}

function Parts({ parts }: { parts: Part[] }) {
  return (
    <>
      {parts.map((part, index) => (
        <PartView key={index} part={part} />
      ))}
    </>
  );
}

function PartView({ part }: { part: Part }) {
  switch (part.t) {
    case 'heading': {
      const Heading = (['h4', 'h5', 'h6'] as const)[part.level - 1] ?? 'h6';
      return (
        <Heading class={`md-h md-h${Math.min(part.level, 4)}`}>
          <Inlines kids={part.kids} />
        </Heading>
      );
    }
    case 'para':
      return (
        <p>
          <Inlines kids={part.kids} />
        </p>
      );
    case 'pre':
      return <pre>{part.text}</pre>;
    case 'quote':
      return (
        <blockquote>
          <Parts parts={part.parts} />
        </blockquote>
      );
    case 'rule':
      return <hr />;
    case 'list':
      return <ListView part={part} />;
    case 'table':
      return <TableView part={part} />;
  }
}

function ListView({ part }: { part: Extract<Part, { t: 'list' }> }) {
  const items = part.items.map((item, index) => (
    <li key={index} class={item.checked === undefined ? '' : 'task'}>
      {item.checked !== undefined && (
        <input type="checkbox" checked={item.checked} disabled aria-label={item.checked ? 'Done' : 'Open'} />
      )}
      <Inlines kids={item.kids} />
      <Parts parts={item.parts} />
    </li>
  ));
  return part.ordered ? <ol start={part.start}>{items}</ol> : <ul>{items}</ul>;
}

function TableView({ part }: { part: Extract<Part, { t: 'table' }> }) {
  return (
    <div class="table-scroll">
      <table class="table">
        <thead>
          <tr>
            {part.head.map((kids, index) => (
              <th key={index} scope="col" class={`to-${part.align[index] ?? 'left'}`}>
                <Inlines kids={kids} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {part.rows.map((row, index) => (
            <tr key={index}>
              {row.map((kids, column) => (
                <td key={column} class={`to-${part.align[column] ?? 'left'}`}>
                  <Inlines kids={kids} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
