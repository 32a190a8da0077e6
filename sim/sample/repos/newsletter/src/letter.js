const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escapeHtml = (text) => String(text).replace(/[&<>"']/g, (character) => entities[character]);

/** The stories of the seven days that end with `lastDay` (YYYY-MM-DD), newest first. */
export function storiesOfWeek(stories, lastDay) {
  const end = Date.parse(`${lastDay}T00:00:00Z`);
  const start = end - 6 * 24 * 60 * 60 * 1000;
  return stories
    .filter((story) => {
      const day = Date.parse(`${story.publishedOn}T00:00:00Z`);
      return day >= start && day <= end;
    })
    .sort((one, other) => other.publishedOn.localeCompare(one.publishedOn));
}

/** The letter as HTML. A week without stories makes no letter: null. */
export function renderLetter(stories, lastDay) {
  const chosen = storiesOfWeek(stories, lastDay);
  if (chosen.length === 0) return null;
  const items = chosen.map((story) => `<article><h2>${escapeHtml(story.title)}</h2><p>${escapeHtml(story.text)}</p></article>`);
  return `<h1>This week at Acme</h1>${items.join('')}<p class="bye">Until next week.</p>`;
}
