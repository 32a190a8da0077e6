import { useMemo, useState } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';
import { withEmoji } from '../text/emoji.ts';
import { Button } from './elements.tsx';
import { RichTextView } from './rich-text.tsx';
import type { Block, Cell, RichElement } from './types.ts';

const number = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });

function flat(elements: RichElement[]): string {
  return elements.map((element) => element.text ?? flat(element.elements ?? [])).join(' ');
}

/** The words of a cell, to sort by and to name a column. */
export function cellText(cell: Cell | undefined): string {
  if (!cell) return '';
  if (cell.type === 'raw_number') return String(cell.value ?? '');
  return cell.text ?? flat(cell.elements ?? []);
}

function CellView({ cell, blockId }: { cell: Cell; blockId: string }) {
  if (cell.type === 'rich_text') return <RichTextView elements={cell.elements ?? []} />;
  if (cell.type === 'raw_number') return <>{cell.text ?? number.format(cell.value ?? 0)}</>;
  const button = cell.element ?? cell.action;
  if (button) return <Button blockId={blockId} element={button} dispatch />;
  return <>{withEmoji(cell.text ?? (typeof cell.fallback === 'string' ? cell.fallback : ''))}</>;
}

/** The plain `table` block: its first row is the head. */
export function Table({ block }: { block: Block }) {
  const [head, ...rows] = block.rows ?? [];
  const blockId = block.block_id ?? '';
  const look = (column: number) => {
    const settings = block.column_settings?.[column];
    return `to-${settings?.align ?? 'left'}${settings?.is_wrapped ? ' wraps' : ''}`;
  };
  return (
    // Wide tables scroll; the keyboard reaches the scroll area by its tab stop.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must be reachable
    <section class="table-scroll" tabIndex={0} aria-label="Table">
      <table class="table">
        <thead>
          <tr>
            {(head ?? []).map((cell, column) => (
              <th key={column} scope="col" class={look(column)}>
                <CellView cell={cell} blockId={blockId} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column} class={look(column)}>
                  <CellView cell={cell} blockId={blockId} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

type Sort = { column: number; down: boolean } | null;

function sorted(rows: Cell[][], sort: Sort): Cell[][] {
  if (!sort) return rows;
  const { column, down } = sort;
  const order = [...rows].sort((a, b) => {
    const [left, right] = [a[column], b[column]];
    if (left?.type === 'raw_number' && right?.type === 'raw_number') return (left.value ?? 0) - (right.value ?? 0);
    return cellText(left).localeCompare(cellText(right), 'en', { numeric: true });
  });
  return down ? order.reverse() : order;
}

/** The `data_table` block: sorting by any column, a filter, pages. */
export function DataTable({ block }: { block: Block }) {
  const [head = [], ...rows] = block.rows ?? [];
  const size = block.page_size ?? 5;
  const [sort, setSort] = useState<Sort>(null);
  const [page, setPage] = useState(0);
  const [filter, setFilter] = useState('');
  const kept = useMemo(() => {
    const wanted = filter.trim().toLowerCase();
    const found = wanted
      ? rows.filter((row) => row.some((cell) => cellText(cell).toLowerCase().includes(wanted)))
      : rows;
    return sorted(found, sort);
  }, [block.rows, sort, filter]);
  const pages = Math.max(1, Math.ceil(kept.length / size));
  const at = Math.min(page, pages - 1);
  const shown = kept.slice(at * size, at * size + size);
  const rowHead = block.row_header_column_index ?? 0;
  const numeric = head.map((_, column) => rows.every((row) => row[column]?.type === 'raw_number'));
  const press = (column: number) =>
    setSort(sort?.column !== column ? { column, down: false } : sort.down ? null : { column, down: true });
  return (
    <div class="data-table">
      <div class="data-table-bar">
        <span class="data-table-title">{block.caption}</span>
        {rows.length > size && (
          <input
            class="field field-small"
            type="search"
            placeholder="Filter"
            aria-label={`Filter ${block.caption ?? 'table'}`}
            value={filter}
            onInput={(event) => {
              setFilter(event.currentTarget.value);
              setPage(0);
            }}
          />
        )}
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable area must be reachable */}
      <section class="table-scroll" tabIndex={0} aria-label={block.caption}>
        <table class="table">
          <caption class="sr">{block.caption}</caption>
          <thead>
            <tr>
              {head.map((cell, column) => {
                const state = sort?.column === column ? (sort.down ? 'descending' : 'ascending') : 'none';
                return (
                  <th key={column} scope="col" aria-sort={state} class={numeric[column] ? 'to-right' : 'to-left'}>
                    <button type="button" class={`sort is-${state}`} onClick={() => press(column)}>
                      {cellText(cell)}
                      <Icon name="down" size={12} />
                    </button>
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, index) => (
              <tr key={`${at}-${index}`}>
                {row.map((cell, column) => {
                  const look = numeric[column] ? 'to-right' : 'to-left';
                  const kid = <CellView cell={cell} blockId={block.block_id ?? ''} />;
                  return column === rowHead ? (
                    <th key={column} scope="row" class={look}>
                      {kid}
                    </th>
                  ) : (
                    <td key={column} class={look}>
                      {kid}
                    </td>
                  );
                })}
              </tr>
            ))}
            {shown.length === 0 && (
              <tr>
                <td colSpan={head.length} class="table-none">
                  No row contains “{filter}”.
                </td>
              </tr>
            )}
          </tbody>
        </table>
      </section>
      {pages > 1 && (
        <div class="data-table-pages">
          <span aria-live="polite">
            {at * size + 1}–{Math.min(kept.length, at * size + size)} of {kept.length}
          </span>
          <button
            type="button"
            class="btn btn-icon btn-quiet"
            aria-label="Previous page"
            disabled={at === 0}
            onClick={() => setPage(at - 1)}
          >
            <Icon name="back" size={16} />
          </button>
          <button
            type="button"
            class="btn btn-icon btn-quiet"
            aria-label="Next page"
            disabled={at === pages - 1}
            onClick={() => setPage(at + 1)}
          >
            <Icon name="right" size={16} />
          </button>
        </div>
      )}
    </div>
  );
}
