import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { obstacle } from '../../src/local/obstacle.ts';
import { freePort, portSentence, whyNot } from '../../src/local/ports.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lockstep-obstacle-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** As Node gives it. */
const refused = (code: string, path: string) => Object.assign(new Error(`${code}: …`), { code, path, syscall: 'open' });

describe('what the machine refuses is a sentence', () => {
  // A full or a closed disk cannot be had for a test; both are told by the code alone.
  it.each([
    ['ENOSPC', 'There is no room left on the disk for DIR/slack.json: make some, or choose another data folder'],
    ['EDQUOT', 'There is no room left on the disk for DIR/slack.json: make some, or choose another data folder'],
    ['EROFS', 'DIR is on a disk that can only be read: choose another data folder'],
    ['ENAMETOOLONG', 'DIR/slack.json cannot be used (ENAMETOOLONG): see what is there, or choose another data folder'],
  ])('%s', (code, sentence) => {
    const said = obstacle(refused(code, join(dir, 'slack.json')), [dir]);
    expect(said?.replaceAll(dir, 'DIR')).toBe(`${sentence} with LOCKSTEP_DATA=….`);
  });

  it('also where a folder above the data folder is meant', () => {
    expect(obstacle(refused('EROFS', dir), [join(dir, 'deep/data')])).toMatch(`${dir} is on a disk`);
  });

  it('names the file that stands in the way, not what was wanted below it', () => {
    writeFileSync(join(dir, 'data'), '');
    const caught = () => {
      try {
        mkdirSync(join(dir, 'data/postgres'), { recursive: true });
      } catch (error) {
        return error;
      }
    };
    expect(obstacle(caught(), [join(dir, 'data')])).toMatch(`${join(dir, 'data')} is a file, and`);
  });
});

describe('everything else is left alone', () => {
  it.each([
    ['a mistake of ours', new TypeError('x is not a function')],
    ['a file elsewhere', refused('ENOENT', '/somewhere/else.ts')],
    ['no path', Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })],
    ['no error', 'a string'],
  ])('%s', (_, error) => expect(obstacle(error, [dir])).toBeNull());

  it('a folder whose name only begins alike', () => {
    expect(obstacle(refused('EACCES', `${dir}-other/file`), [dir])).toBeNull();
  });
});

describe('a port', () => {
  const variable = { name: 'PORT', usual: 3000 };
  it('that is free is no obstacle', async () => expect(await whyNot(await freePort())).toBeNull());

  it.each([
    [8080, 'EADDRINUSE', 'Port 8080 is in use by another program: stop that, or choose another one with PORT=8090'],
    [65_530, 'EADDRINUSE', 'Port 65530 is in use by another program: stop that, or choose another one with PORT=65520'],
    [80, 'EACCES', 'Port 80 is closed to ordinary users: choose another one with PORT=3000'],
    [80, 'EADDRNOTAVAIL', 'Port 80 cannot be used (EADDRNOTAVAIL): choose another one with PORT=3000'],
  ])('%i %s', (port, why, sentence) => expect(portSentence(port, why, variable)).toBe(`${sentence} npm start.`));
});
