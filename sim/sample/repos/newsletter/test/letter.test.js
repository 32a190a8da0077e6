import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { createApp } from '../src/app.js';
import { renderLetter, storiesOfWeek } from '../src/letter.js';
import { stories } from '../src/stories.js';

const server = createServer(createApp({ stories, sha: '0123456789abcdef' }));
let base;
before(async () => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${server.address().port}`;
});
after(() => {
  server.close();
  server.closeAllConnections();
});

test('takes the seven days that end with the given one, newest first', () => {
  const titles = storiesOfWeek(stories, '2026-05-18').map((story) => story.title);
  assert.deepEqual(titles, ['Packing light', 'The tray that was a tree']);
});

test('counts the first day of the week, not the day before it', () => {
  assert.equal(storiesOfWeek(stories, '2026-05-17').length, 2);
  assert.equal(storiesOfWeek(stories, '2026-05-19').length, 2);
});

test('escapes what authors write', () => {
  assert.match(renderLetter(stories, '2026-05-18'), /at home &amp; never miss/);
});

test('a week without stories makes no letter', () => {
  assert.equal(renderLetter(stories, '2025-01-01'), null);
});

test('shows the newest letter, a chosen one, and none', async () => {
  const page = async (path) => (await fetch(base + path)).text();
  assert.match(await page('/'), /Packing light.*<code>0123456<\/code>/s);
  assert.match(await page('/?week=2026-05-04'), /enamel mug/);
  assert.match(await page('/?week=2025-01-01'), /No letter this week/);
  assert.equal((await fetch(`${base}/nothing`)).status, 404);
  assert.equal((await fetch(`${base}/healthz`)).status, 200);
});
