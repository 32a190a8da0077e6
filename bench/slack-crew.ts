import { arrives, clicks, create, fills } from '../test/flows/crew.ts';
import { type Lockstep, sampleTickets } from '../test/flows/lockstep.ts';

/** People who take items from the ticket to production by clicks, many items at a time. */
export interface Crew {
  /** Takes one more item at a time from ticket to deployed, again and again, until it is stopped. */
  lane(): void;
  /** Items that came to production, and how long each took, in seconds. */
  leads: readonly number[];
  stop(): Promise<void>;
}

type Decision = readonly [stage: string, who: string, decide: (lockstep: Lockstep, key: string) => Promise<void>];

const form = (who: string, name: 'delegate' | 'deploy', values = {}): Decision[2] => {
  return (lockstep, key) => fills(lockstep, key, who, { action: name, callback: name, values });
};
const approval =
  (who: string): Decision[2] =>
  (lockstep, key) =>
    clicks(lockstep, key, who, 'approve');

const DECISIONS: readonly Decision[] = [
  ['prd_ready', 'priya', approval('priya')],
  ['spec_ready', 'emil', approval('emil')],
  ['ready', 'emil', form('emil', 'delegate', { agent: 'scripted' })],
  ['preview', 'rosa', approval('rosa')],
  ['release', 'remo', form('remo', 'deploy')],
];

export function startCrew(lockstep: Lockstep, thinkMs: number): Crew {
  const stop = new AbortController();
  const lanes: Promise<void>[] = [];
  const leads: number[] = [];
  const busy = new Map<string, Promise<unknown>>();
  let opened = 0;
  /** One thing at a time: nobody fills in two forms at once. */
  const alone = <T>(who: string, act: () => Promise<T>): Promise<T> => {
    const acted = (busy.get(who) ?? Promise.resolve()).then(act);
    busy.set(
      who,
      acted.catch(() => {}),
    );
    return acted;
  };
  const think = () => new Promise((resolve) => setTimeout(resolve, thinkMs));
  const one = async (): Promise<void> => {
    opened += 1;
    const [ticket] = await sampleTickets();
    const began = Date.now();
    const key = await alone('priya', () => create(lockstep, { ...ticket!, title: `Under way ${opened}` }));
    for (const [stage, who, decide] of DECISIONS) {
      await arrives(lockstep, key, stage);
      await think();
      if (stop.signal.aborted) return;
      await alone(who, () => decide(lockstep, key));
    }
    await arrives(lockstep, key, 'deployed');
    leads.push((Date.now() - began) / 1000);
  };
  const lane = async () => {
    while (!stop.signal.aborted) await one();
  };
  return {
    leads,
    lane() {
      const running = lane();
      // Looked at when it is stopped; until then a failure must not end the process.
      running.catch(() => {});
      lanes.push(running);
    },
    async stop() {
      stop.abort();
      await Promise.all(lanes);
    },
  };
}
