import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { Refused } from '../../src/integrations/errors.ts';
import { startTriage } from '../../src/triage.ts';

const logged: string[] = [];
const log = pino({ level: 'warn' }, { write: (line: string) => void logged.push(line) });

function start(channels: string[], channelId: (name: string) => Promise<string>) {
  const asked: string[] = [];
  const slack = {
    channelId: async (name: string) => {
      asked.push(name);
      return channelId(name);
    },
  };
  const triage = startTriage(channels, { slack, log });
  onTestFinished(() => triage.stop());
  return { triage, asked };
}

it('a channel of the file is found by its id, and no other is one', async () => {
  const { triage, asked } = start(['alerts', 'C0123ABCD'], async (name) => (name === 'alerts' ? 'C01ALERTS' : name));
  expect(await triage.has('C01ALERTS')).toBe(true);
  expect(await triage.has('C0123ABCD')).toBe(true);
  expect(await triage.has('C01OTHER')).toBe(false);
  expect(asked).toEqual(['alerts', 'C0123ABCD']);
});

it('without any, Slack is not asked', async () => {
  const { triage, asked } = start([], async () => 'C1');
  expect(await triage.has('C1')).toBe(false);
  expect(asked).toEqual([]);
});

it('one that Slack does not know is logged, and the others work', async () => {
  const { triage } = start(['lost', 'alerts'], async (name) => {
    if (name === 'lost') throw new Refused('Slack does not know the channel.', 'channel_not_found');
    return 'C01ALERTS';
  });
  expect(await triage.has('C01ALERTS')).toBe(true);
  expect(await triage.has('C01LOST')).toBe(false);
  expect(logged.at(-1)).toMatch(/"channel":"lost".*no alerts from this triage channel/);
});

it('while Slack does not answer nobody knows, so that it sends the message again', async () => {
  const { triage } = start(['alerts'], async () => {
    throw new Error('Slack did not answer conversations.list');
  });
  await expect(triage.has('C01ALERTS')).rejects.toThrow('not known yet');
});
