/** Blocks that show data: tables and charts. */
import {
  boolean,
  byType,
  type Check,
  type Fields,
  integer,
  isFields,
  list,
  number,
  object,
  oneOf,
  report,
  type Scope,
  string,
} from './check.ts';
import { richText } from './rich-text.ts';

const TABLE_CHARACTERS = 10_000;
const DATA_TABLE_CHARACTERS = 20_000;

const cell = byType({
  raw_text: object({ required: { text: string() } }),
  raw_number: object({ required: { value: number, text: string() } }),
  rich_text: richText,
});
const rows = (max: number, min: number): Check => list(list(cell, 20), max, min);

/** Characters of all `text` values inside. */
export function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + textLength(one), 0);
  if (!isFields(value)) return 0;
  return Object.entries(value).reduce(
    (sum, [key, inner]) => sum + (key === 'text' && typeof inner === 'string' ? inner.length : textLength(inner)),
    0,
  );
}

function characters(max: number): (value: Fields, at: string, scope: Scope) => void {
  return (value, at, scope) => {
    if (textLength(value.rows) > max)
      report(scope, `${at}/rows`, `must be less than ${max + 1} characters in all cells`);
  };
}

export const table = {
  required: { rows: rows(100, 1) },
  optional: {
    column_settings: list(object({ optional: { align: oneOf('left', 'center', 'right'), is_wrapped: boolean } }), 20),
  },
  also: characters(TABLE_CHARACTERS),
};

export const dataTable = {
  required: { rows: rows(201, 2), caption: string(2000) },
  optional: { page_size: integer(1, 100), row_header_column_index: integer(0, 19) },
  also: (value: Fields, at: string, scope: Scope): void => {
    characters(DATA_TABLE_CHARACTERS)(value, at, scope);
    const [header] = Array.isArray(value.rows) ? value.rows : [];
    if (!Array.isArray(header)) return;
    if (Number(value.row_header_column_index ?? 0) >= header.length) {
      report(scope, `${at}/row_header_column_index`, 'must be one of the columns');
    }
  },
};

const label = string(20);
const points = list(object({ required: { label, value: number } }), 20);
const seriesChart: Check = object({
  required: {
    series: list(object({ required: { name: label, data: points } }), 12),
    axis_config: object({
      required: { categories: list(label, 20) },
      optional: { x_label: string(50), y_label: string(50) },
    }),
  },
  also: completeSeries,
});

/** Every series is named once and has one value for every category. */
function completeSeries(value: Fields, at: string, scope: Scope): void {
  const series = Array.isArray(value.series) ? value.series.filter(isFields) : [];
  const categories = isFields(value.axis_config) ? value.axis_config.categories : undefined;
  const names = series.map((s) => s.name);
  if (new Set(names).size < names.length) report(scope, `${at}/series`, 'series need different names');
  if (!Array.isArray(categories)) return;
  series.forEach((one, index) => {
    const labels = Array.isArray(one.data) ? one.data.map((d) => (isFields(d) ? d.label : undefined)) : [];
    const complete = labels.length === categories.length && categories.every((c) => labels.includes(c));
    if (!complete) report(scope, `${at}/series/${index}/data`, 'needs exactly one value for every category');
  });
}

export const dataVisualization = {
  required: {
    title: string(50),
    chart: byType({
      bar: seriesChart,
      line: seriesChart,
      area: seriesChart,
      pie: object({ required: { segments: list(object({ required: { label, value: number } }), 12) } }),
    }),
  },
};
