/** Where a chart's numbers and words go. Pure, so that it is tested without drawing. */

/** Round steps that cover the values and zero: `{ ticks: [0, 5, 10], low: 0, high: 10 }`. */
export function scale(values: number[], wanted = 4): { ticks: number[]; low: number; high: number } {
  const low = Math.min(0, ...values);
  // Nothing but zeros still gets an axis.
  const high = Math.max(0, ...values) || (low === 0 ? 1 : 0);
  const span = high - low;
  const raw = span / wanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 2.5, 5, 10].find((n) => n * power >= raw) ?? 10) * power;
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil(high / step));
  const ticks = Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
  return { ticks, low: ticks[0]!, high: ticks.at(-1)! };
}

/** Every how many labels one is written, so that they do not run into each other. */
export function labelStep(labels: readonly string[], width: number): number {
  const band = width / Math.max(1, labels.length);
  const room = (label: string) => label.length * 6.2 + 8;
  const apart = (step: number) =>
    labels.every((label, at) => {
      const next = labels[at + step];
      return at % step > 0 || next === undefined || (room(label) + room(next)) / 2 <= step * band;
    });
  let step = 1;
  while (step < labels.length && !apart(step)) step += 1;
  return step;
}

/** The outline of one slice of a pie from `from` to `to` (0–1 of the circle, clockwise from the top). */
export function slice(from: number, to: number, radius: number, hole: number): string {
  // A full circle has no corners to draw an arc between, so it stops just short.
  const end = to - from >= 1 ? from + 0.99999 : to;
  const point = (part: number, r: number) => {
    const angle = part * 2 * Math.PI - Math.PI / 2;
    return `${(Math.cos(angle) * r).toFixed(2)} ${(Math.sin(angle) * r).toFixed(2)}`;
  };
  const large = end - from > 0.5 ? 1 : 0;
  return (
    `M${point(from, radius)}A${radius} ${radius} 0 ${large} 1 ${point(end, radius)}` +
    `L${point(end, hole)}A${hole} ${hole} 0 ${large} 0 ${point(from, hole)}Z`
  );
}
