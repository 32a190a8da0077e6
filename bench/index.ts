import { writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { ack } from './ack.ts';
import { busy } from './ack-busy.ts';
import { home } from './home.ts';
import type { Row } from './measure.ts';
import { recovery } from './recovery.ts';
import { openServer, type Server } from './servers.ts';
import { slack } from './slack.ts';
import { start } from './start.ts';
import { step } from './step.ts';
import { transition } from './transition.ts';

/**
 * `node bench/index.ts` measures everything, `node bench/index.ts transition step` only these; `--quick` is short enough
 * for CI. DATABASE_URL and REDIS_URL say on which servers; without the first an embedded PostgreSQL is started.
 */
const BENCHES: Readonly<Record<string, (server: Server, options: { quick: boolean }) => Promise<Row[]>>> = {
  transition,
  step,
  ack,
  busy,
  home,
  slack,
  recovery,
  start,
};

async function main(args: readonly string[]): Promise<void> {
  const quick = args.includes('--quick');
  const names = args.filter((arg) => !arg.startsWith('--'));
  const wrong = names.find((name) => !Object.hasOwn(BENCHES, name));
  if (wrong) throw new Error(`there is no bench "${wrong}" (there are: ${Object.keys(BENCHES).join(', ')})`);
  const server = await openServer();
  const rows: Row[] = [];
  try {
    for (const [name, bench] of Object.entries(BENCHES)) {
      if (names.length > 0 && !names.includes(name)) continue;
      print(`${name} …`);
      rows.push(...(await bench(server, { quick })));
    }
  } finally {
    await server.stop();
  }
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? '?'}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}, PostgreSQL ${server.version}`;
  print(`\n${machine}\n\n${table(rows)}`);
  writeFileSync(new URL('./results.json', import.meta.url), `${JSON.stringify({ machine, quick, rows }, null, 2)}\n`);
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);

const ms = (value: number | undefined): string => (value === undefined || Number.isNaN(value) ? '–' : value.toFixed(2));
const times = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? '–' : `${value.toFixed(2)}x`;
const persec = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? '–' : String(Math.round(value));

/** The table as docs/benchmarks.md shows it. */
function table(rows: readonly Row[]): string {
  const head = [
    'bench',
    'case',
    'p50 ms',
    'bare',
    'ratio',
    'p99 ms',
    'bare',
    'ratio',
    '/s',
    'bare',
    'ratio',
    'goal',
    'met',
  ];
  const lines = rows.map(({ bench, case: name, ours, bare, ratio, goal, met }) => [
    bench,
    name,
    ...[ms(ours.p50), ms(bare?.p50), times(ratio?.p50)],
    ...[ms(ours.p99), ms(bare?.p99), times(ratio?.p99)],
    ...[persec(ours.rate), persec(bare?.rate), times(ratio?.rate)],
    goal,
    met === null ? '' : met ? 'yes' : 'no',
  ]);
  const widths = head.map((title, column) => Math.max(title.length, ...lines.map((line) => line[column]!.length)));
  const draw = (line: readonly string[]) =>
    `| ${line.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [draw(head), draw(widths.map((width) => '-'.repeat(width))), ...lines.map(draw)].join('\n');
}

if (import.meta.main) await main(process.argv.slice(2));
