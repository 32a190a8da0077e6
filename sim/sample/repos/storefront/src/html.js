/** Markup that is safe to send. Only the `html` tag below makes it. */
class Markup {
  constructor(text) {
    this.text = text;
  }

  toString() {
    return this.text;
  }
}

const entities = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

export function escapeHtml(value) {
  return String(value).replace(/[&<>"']/g, (character) => entities[character]);
}

/** html`<p>${anything}</p>`: values are escaped, nested markup and lists of it are not, null and false are nothing. */
export function html(strings, ...values) {
  return new Markup(strings.map((text, index) => text + (index < values.length ? render(values[index]) : '')).join(''));
}

function render(value) {
  if (value === null || value === undefined || value === false) return '';
  if (Array.isArray(value)) return value.map(render).join('');
  return value instanceof Markup ? value.text : escapeHtml(value);
}
