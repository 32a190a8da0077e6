import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { plainText } from '../text/view.tsx';
import { labelStep, scale, slice } from './scale.ts';
import type { Block, Chart, Series } from './types.ts';

const short = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 1 });
const exact = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });

const height = 220;
const pad = { left: 44, right: 12, top: 12, bottom: 26 };

/** A `data_visualization` block: the drawing, its legend, and the same numbers as a table for those who cannot see it. */
export function ChartView({ block }: { block: Block }) {
  const title = plainText(block.title);
  const chart = block.chart;
  if (!chart) return <div class="unknown">This chart has no data.</div>;
  const series = chart.type === 'pie' ? [{ name: title, data: chart.segments ?? [] }] : (chart.series ?? []);
  return (
    <figure class="chart">
      <figcaption>{title}</figcaption>
      {chart.type === 'pie' ? (
        <Pie title={title} segments={chart.segments ?? []} />
      ) : (
        <Axes title={title} chart={chart} />
      )}
      {chart.type !== 'pie' && series.length > 1 && <Legend names={series.map((one) => one.name)} />}
      <Numbers title={title} series={series} />
    </figure>
  );
}

function Legend({ names, values }: { names: string[]; values?: string[] }) {
  return (
    <ul class="legend" aria-hidden="true">
      {names.map((name, index) => (
        <li key={name}>
          <i class={`key series-${index % 12}`} />
          <span>{name}</span>
          {values && <b>{values[index]}</b>}
        </li>
      ))}
    </ul>
  );
}

/** Read by screen readers only. */
function Numbers({ title, series }: { title: string; series: Series[] }) {
  const labels = [...new Set(series.flatMap((one) => one.data.map((point) => point.label)))];
  return (
    <div class="sr">
      <table>
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">Label</th>
            {series.map((one) => (
              <th key={one.name} scope="col">
                {one.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {labels.map((label) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              {series.map((one) => (
                <td key={one.name}>{one.data.find((point) => point.label === label)?.value ?? ''}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The room there is, so that words in the drawing keep their size on a phone. */
function useWidth() {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(560);
  useLayoutEffect(() => {
    const watch = new ResizeObserver(([entry]) => setWidth(Math.max(220, Math.round(entry!.contentRect.width))));
    watch.observe(box.current!);
    return () => watch.disconnect();
  }, []);
  return { box, width };
}

function Axes({ title, chart }: { title: string; chart: Chart }) {
  const { box, width } = useWidth();
  const series = chart.series ?? [];
  const labels = chart.axis_config?.categories ?? [
    ...new Set(series.flatMap((one) => one.data.map((point) => point.label))),
  ];
  const { ticks, low, high } = scale(series.flatMap((one) => one.data.map((point) => point.value)));
  const { x_label: xLabel, y_label: yLabel } = chart.axis_config ?? {};
  const left = pad.left + (yLabel ? 16 : 0);
  const bottom = height - pad.bottom - (xLabel ? 16 : 0);
  const band = (width - left - pad.right) / Math.max(1, labels.length);
  const x = (index: number) => left + band * (index + 0.5);
  const y = (value: number) => pad.top + ((high - value) / (high - low)) * (bottom - pad.top);
  const every = labelStep(labels, width - left - pad.right);
  const at = (one: Series, label: string) => one.data.find((point) => point.label === label)?.value ?? 0;
  return (
    <div ref={box}>
      <svg class="plot" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={`${title} (${chart.type} chart)`}>
        {ticks.map((tick) => (
          <g key={tick}>
            <line class={tick === 0 ? 'axis' : 'grid'} x1={left} x2={width - pad.right} y1={y(tick)} y2={y(tick)} />
            <text class="tick" x={left - 8} y={y(tick) + 4} text-anchor="end">
              {short.format(tick)}
            </text>
          </g>
        ))}
        {labels.map((label, index) =>
          index % every === 0 ? (
            <text key={label} class="tick" x={x(index)} y={bottom + 17} text-anchor="middle">
              {label}
            </text>
          ) : null,
        )}
        {xLabel && (
          <text class="axis-label" x={(left + width - pad.right) / 2} y={height - 4} text-anchor="middle">
            {xLabel}
          </text>
        )}
        {yLabel && (
          <text
            class="axis-label"
            transform={`translate(11 ${(pad.top + bottom) / 2}) rotate(-90)`}
            text-anchor="middle"
          >
            {yLabel}
          </text>
        )}
        {chart.type === 'bar' ? (
          <Bars series={series} labels={labels} x={x} y={y} band={band} at={at} />
        ) : (
          series.map((one, index) => {
            const points = labels.map((label, place) => [x(place), y(at(one, label))] as const);
            const line = points.map(([px, py]) => `${px.toFixed(1)} ${py.toFixed(1)}`).join('L');
            return (
              <g key={one.name} class={`series series-${index % 12}`}>
                {chart.type === 'area' && points.length > 0 && (
                  <path class="fill" d={`M${points[0]![0]} ${y(0)}L${line}L${points.at(-1)![0]} ${y(0)}Z`} />
                )}
                <path class="line" d={`M${line}`} />
                {points.map(([px, py], place) => (
                  <circle key={labels[place]} cx={px} cy={py} r={3.4}>
                    <title>{`${one.name}, ${labels[place]}: ${exact.format(at(one, labels[place]!))}`}</title>
                  </circle>
                ))}
              </g>
            );
          })
        )}
      </svg>
    </div>
  );
}

interface BarsProps {
  series: Series[];
  labels: string[];
  x: (index: number) => number;
  y: (value: number) => number;
  band: number;
  at: (series: Series, label: string) => number;
}

function Bars({ series, labels, x, y, band, at }: BarsProps) {
  const room = Math.min(band * 0.72, 26 * series.length);
  const each = room / Math.max(1, series.length);
  return (
    <>
      {series.map((one, index) => (
        <g key={one.name} class={`series series-${index % 12}`}>
          {labels.map((label, place) => {
            const value = at(one, label);
            const top = Math.min(y(value), y(0));
            return (
              <rect
                key={label}
                class="bar"
                x={x(place) - room / 2 + each * index + (series.length > 1 ? 0.75 : 0)}
                y={top}
                width={Math.max(1, each - (series.length > 1 ? 1.5 : 0))}
                height={Math.max(value === 0 ? 0 : 1, Math.abs(y(value) - y(0)))}
                rx={Math.min(3, each / 4)}
              >
                <title>{`${one.name}, ${label}: ${exact.format(value)}`}</title>
              </rect>
            );
          })}
        </g>
      ))}
    </>
  );
}

function Pie({ title, segments }: { title: string; segments: { label: string; value: number }[] }) {
  const total = segments.reduce((sum, segment) => sum + Math.max(0, segment.value), 0);
  let sofar = 0;
  const slices = segments.map((segment) => {
    const from = sofar;
    sofar += total > 0 ? Math.max(0, segment.value) / total : 0;
    return { ...segment, from, to: sofar };
  });
  const percent = (value: number) => `${total > 0 ? Math.round((value / total) * 100) : 0} %`;
  return (
    <div class="pie">
      <svg viewBox="-100 -100 200 200" role="img" aria-label={`${title} (pie chart)`}>
        {slices.map((part, index) => (
          <path key={part.label} class={`slice series-${index % 12}`} d={slice(part.from, part.to, 96, 54)}>
            <title>{`${part.label}: ${exact.format(part.value)} (${percent(part.value)})`}</title>
          </path>
        ))}
        <text class="pie-total" y="2" text-anchor="middle">
          {short.format(total)}
        </text>
        <text class="pie-word" y="20" text-anchor="middle">
          in all
        </text>
      </svg>
      <Legend
        names={segments.map((segment) => segment.label)}
        values={segments.map((segment) => `${exact.format(segment.value)} · ${percent(segment.value)}`)}
      />
    </div>
  );
}
