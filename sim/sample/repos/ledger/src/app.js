import { Refusal } from './book.js';
import { balancesPage } from './page.js';

const maxBody = 16_384;

/** JSON for services, one page for people. */
export function createApp({ book, sha }) {
  return async (request, response) => {
    try {
      await route({ request, response, book, sha });
    } catch (error) {
      if (!(error instanceof Refusal)) console.error(error);
      const status = error instanceof Refusal ? error.status : 500;
      sendJson(response, status, { error: error instanceof Refusal ? error.message : 'something went wrong' });
    }
  };
}

async function route({ request, response, book, sha }) {
  const at = `${request.method} ${new URL(request.url, 'http://ledger').pathname}`;
  if (at === 'GET /healthz') return sendJson(response, 200, { ok: true, sha });
  if (at === 'GET /balances') return sendJson(response, 200, { balances: book.balances() });
  if (at === 'POST /transfers') {
    const result = book.transfer(await readJson(request));
    return sendJson(response, result.repeated ? 200 : 201, result);
  }
  if (at === 'GET /') {
    const page = balancesPage({ balances: book.balances(), transfers: book.transfers().length, sha });
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(page);
    return;
  }
  throw new Refusal('there is nothing here', 404);
}

async function readJson(request) {
  let body = '';
  for await (const chunk of request) {
    body += chunk;
    if (body.length > maxBody) throw new Refusal('that is too much', 413);
  }
  try {
    return Object(JSON.parse(body));
  } catch {
    throw new Refusal('the body must be JSON', 400);
  }
}

function sendJson(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(value));
}
