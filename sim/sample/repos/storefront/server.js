import { createServer } from 'node:http';
import { createApp } from './src/app.js';

const port = Number(process.env.PORT ?? 3000);
const app = createApp({ sha: process.env.APP_SHA ?? 'local' });

const server = createServer(app);
server.listen(port, '127.0.0.1', () => {
  console.log(`storefront is at http://127.0.0.1:${server.address().port}`);
});

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
}
