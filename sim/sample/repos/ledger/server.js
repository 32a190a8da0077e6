import { createServer } from 'node:http';
import { createApp } from './src/app.js';
import { createBook } from './src/book.js';

const port = Number(process.env.PORT ?? 3000);
const book = createBook([
  { id: 'customers', title: 'Customer payments' },
  { id: 'revenue', title: 'Revenue' },
  { id: 'refunds', title: 'Refunds' },
]);

const server = createServer(createApp({ book, sha: process.env.APP_SHA ?? 'local' }));
server.listen(port, '127.0.0.1', () => {
  console.log(`ledger is at http://127.0.0.1:${server.address().port}`);
});

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
}
