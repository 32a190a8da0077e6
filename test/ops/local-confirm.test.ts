import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { confirm } from '../../src/local/confirm.ts';

/** What somebody types; `null` is the end of the input. */
async function answered(typed: string | null): Promise<boolean> {
  const [input, output] = [new PassThrough(), new PassThrough()];
  const answer = confirm('Delete everything? (y/N) ', { input, output, terminal: true });
  if (typed === null) input.end();
  else input.write(typed);
  const said = await answer;
  expect(String(output.read())).toMatch('Delete everything? (y/N) ');
  return said;
}

it.each(['y\r', 'Y\r', ' yes \r'])('%j is a yes', async (typed) => expect(await answered(typed)).toBe(true));

it.each([
  ['an empty line', '\r'],
  ['a no', 'n\r'],
  ['another word', 'yesterday\r'],
  ['Ctrl-C', '\x03'],
  ['Ctrl-D', '\x04'],
  ['the end of the input', null],
])('%s is a no', async (_, typed) => expect(await answered(typed)).toBe(false));
