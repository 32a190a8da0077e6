import type { Block, KnownBlock } from '@slack/types';
import { shown } from './text.ts';

/** Charts and tables with sorting, which Slack has and `@slack/types` does not know yet. Each within Slack's limits. */

export interface DataVisualization extends Block {
  type: 'data_visualization';
  title: string;
  chart: {
    type: 'line' | 'bar';
    series: { name: string; data: { label: string; value: number }[] }[];
    axis_config: { categories: string[]; x_label?: string; y_label?: string };
  };
}

export type Cell = { type: 'raw_text'; text: string } | { type: 'raw_number'; value: number; text: string };

export interface DataTable extends Block {
  type: 'data_table';
  caption: string;
  page_size: number;
  row_header_column_index: number;
  rows: Cell[][];
}

/** Where somebody's view holds one of these, Slack's own blocks are what the types know. */
export type AnyBlock = KnownBlock | DataVisualization | DataTable;

const LABEL = 20;
const MOST_POINTS = 20;
const MOST_ROWS = 100;
/** In all cells. */
const MOST_CHARACTERS = 20_000;
const plain = (text: string, max: number): string => shown(text, max) || '–';

export interface ChartSpec {
  type: 'line' | 'bar';
  title: string;
  categories: readonly string[];
  /** One value for each category. */
  series: readonly { name: string; values: readonly number[] }[];
  x?: string;
  y?: string;
}

export function chart(spec: ChartSpec): DataVisualization {
  const categories = spec.categories.slice(-MOST_POINTS).map((category) => plain(category, LABEL));
  const skipped = spec.categories.length - categories.length;
  return {
    type: 'data_visualization',
    title: plain(spec.title, 50),
    chart: {
      type: spec.type,
      series: spec.series.slice(0, 12).map(({ name, values }) => ({
        name: plain(name, LABEL),
        data: categories.map((label, index) => ({ label, value: values[index + skipped] ?? 0 })),
      })),
      axis_config: {
        categories,
        ...(spec.x ? { x_label: plain(spec.x, 50) } : {}),
        ...(spec.y ? { y_label: plain(spec.y, 50) } : {}),
      },
    },
  };
}

export const words = (text: string): Cell => ({ type: 'raw_text', text: plain(text, 75) });
export const number = (value: number, text: string): Cell => ({ type: 'raw_number', value, text: plain(text, 75) });

/** The first row names the columns, the first column the rows. */
export function table(caption: string, rows: readonly (readonly Cell[])[]): DataTable {
  let left = MOST_CHARACTERS;
  const fit = rows.slice(0, MOST_ROWS + 1).filter((row) => {
    left -= row.reduce((sum, cell) => sum + cell.text.length, 0);
    return left >= 0;
  });
  return {
    type: 'data_table',
    caption: plain(caption, 150),
    page_size: 10,
    row_header_column_index: 0,
    rows: fit.map((row) => [...row]),
  };
}
