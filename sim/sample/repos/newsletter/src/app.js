import { renderLetter } from './letter.js';

/** A preview of the letter: `/?week=2026-05-18`, by default the week of the newest story. */
export function createApp({ stories, sha }) {
  return (request, response) => {
    const url = new URL(request.url, 'http://newsletter');
    if (url.pathname === '/healthz') {
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ ok: true, sha }));
      return;
    }
    if (url.pathname !== '/') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('There is nothing here');
      return;
    }
    const newest = stories.map((story) => story.publishedOn).sort().at(-1);
    const asked = url.searchParams.get('week') ?? '';
    const lastDay = /^\d{4}-\d{2}-\d{2}$/.test(asked) ? asked : newest;
    const letter = renderLetter(stories, lastDay) ?? '<p>No letter this week.</p>';
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(frame(letter, sha));
  };
}

function frame(letter, sha) {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Newsletter</title>
<style>
  body { max-width: 600px; margin: 40px auto; padding: 0 16px; color: #2b2118; background: #fdfaf5; font: 18px/1.6 Georgia, serif; }
  article { padding: 8px 0; border-bottom: 1px solid #e6dccb; }
  .bye, footer { color: #6d5f4e; }
  footer { margin-top: 32px; font-size: 14px; }
</style>
${letter}
<footer>Preview of version <code>${sha.slice(0, 7)}</code></footer>
</html>
`;
}
