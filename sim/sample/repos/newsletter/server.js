import { createServer } from 'node:http';
import { createApp } from './src/app.js';
import { stories } from './src/stories.js';

const port = Number(process.env.PORT ?? 3000);
const server = createServer(createApp({ stories, sha: process.env.APP_SHA ?? 'local' }));
server.listen(port, '127.0.0.1', () => {
  console.log(`newsletter is at http://127.0.0.1:${server.address().port}`);
});

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    server.close(() => process.exit(0));
    server.closeAllConnections();
  });
}
