/**
 * The page of the local workspace: three files for the browser, bundled in memory when the server starts.
 *
 * It is mounted beside the Slack stand-in on one origin, so the page talks to `/client/…` without any configuration.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { defaultPeople } from '../slack/people.ts';
import { icon, shell } from './shell.ts';

/** Answers the page's own paths; resolves to false, having written nothing, for every other request. */
export interface Page {
  handle(req: IncomingMessage, res: ServerResponse): Promise<boolean>;
}

interface Asset {
  type: string;
  body: string;
  tag: string;
}

/** No inline script or style element, nothing from elsewhere, no framing. Images may come from any HTTPS address or the stand-ins. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  // Style attributes set through the DOM are not governed by this; charts and pop-ups need no 'unsafe-inline'.
  "style-src 'self'",
  "img-src 'self' data: https: http://127.0.0.1:* http://localhost:*",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

export interface PageOptions {
  /** Who one is without `?as=` in the address. The workspace's first person when left out. */
  as?: string;
}

/** Starts bundling at once; the first request waits for it. A bundling error surfaces on that request. */
export function createPage({ as = defaultPeople()[0]!.id }: PageOptions = {}): Page {
  const assets = bundle();
  // Reported by `handle`; without this a broken bundle would end the process before anyone asked for the page.
  assets.catch(() => undefined);
  return {
    async handle(req, res) {
      const { pathname: path, searchParams: query } = new URL(req.url ?? '/', 'http://page');
      if (!['/', '/page.js', '/page.css', '/icon.svg'].includes(path)) return false;
      if (req.method !== 'GET' && req.method !== 'HEAD') {
        res.writeHead(405, { allow: 'GET, HEAD' }).end();
        return true;
      }
      if (path === '/' && !query.get('as')) {
        query.set('as', as);
        res.writeHead(302, { location: `/?${query}`, 'cache-control': 'no-store' }).end();
        return true;
      }
      const asset = (await assets).get(path)!;
      const headers = {
        'content-type': asset.type,
        // The names never change, so the browser asks each time and mostly hears 304.
        'cache-control': 'no-cache',
        etag: asset.tag,
        'content-security-policy': policy,
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'same-origin',
      };
      if (req.headers['if-none-match'] === asset.tag) {
        res.writeHead(304, headers).end();
        return true;
      }
      res.writeHead(200, { ...headers, 'content-length': Buffer.byteLength(asset.body) });
      res.end(req.method === 'HEAD' ? undefined : asset.body);
      return true;
    },
  };
}

async function bundle(): Promise<Map<string, Asset>> {
  const here = dirname(fileURLToPath(import.meta.url));
  const result = await build({
    absWorkingDir: here,
    entryPoints: [
      { in: 'main.tsx', out: 'page' },
      { in: 'style/index.css', out: 'page' },
    ],
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    target: ['es2022'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    outdir: 'out',
    logLevel: 'silent',
  });
  const text = (end: string) => result.outputFiles.find((file) => file.path.endsWith(end))!.text;
  return new Map([
    ['/', asset('text/html; charset=utf-8', shell)],
    ['/page.js', asset('text/javascript; charset=utf-8', text('.js'))],
    ['/page.css', asset('text/css; charset=utf-8', text('.css'))],
    ['/icon.svg', asset('image/svg+xml', icon)],
  ]);
}

function asset(type: string, body: string): Asset {
  return { type, body, tag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"` };
}
