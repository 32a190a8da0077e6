/** `/files/*` (uploads and downloads) and permalinks: addresses that Slack hands out. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody, sendText } from './http.ts';
import type { Workspace } from './workspace.ts';

/** Takes an upload (raw or multipart), or serves a file's bytes. */
export async function handleFile(
  ws: Workspace,
  req: IncomingMessage,
  res: ServerResponse,
  path: string,
): Promise<void> {
  const [first = '', second = ''] = path.slice('/files/'.length).split('/');
  const file = ws.data.files[first === 'upload' ? second : first];
  if (!file) return sendText(res, 404, 'file_not_found');
  if (first === 'upload') {
    if (file.uploaded) return sendText(res, 400, 'file_already_uploaded');
    const content = fileBytes(await readBody(req), String(req.headers['content-type'] ?? ''));
    if (content.length !== file.size) return sendText(res, 400, 'file_size_mismatch');
    Object.assign(file, { content: content.toString('base64'), uploaded: true });
    ws.store.changed();
    return sendText(res, 200, `OK - ${content.length}`);
  }
  // Never as a page: a stored file must not run in the workspace's origin.
  res.writeHead(200, {
    'content-type': file.mimetype.startsWith('image/') ? file.mimetype : 'text/plain; charset=utf-8',
    'x-content-type-options': 'nosniff',
    'content-security-policy': 'sandbox',
  });
  res.end(Buffer.from(file.content, 'base64'));
}

/** The bytes of the first part of a form, or of the whole body. */
function fileBytes(body: Buffer, type: string): Buffer {
  const [, boundary] = /multipart\/form-data;.*boundary="?([^";]+)"?/.exec(type) ?? [];
  if (!boundary) return body;
  const start = body.indexOf('\r\n\r\n') + 4;
  const end = body.indexOf(`\r\n--${boundary}`, start);
  return body.subarray(start, end === -1 ? undefined : end);
}

/** A permalink leads to the message on the workspace page. */
export function openPermalink(res: ServerResponse, url: URL): void {
  const [, channel = '', digits = ''] = /^\/archives\/(\w+)\/p(\d+)$/.exec(url.pathname) ?? [];
  const message = `${digits.slice(0, -6)}.${digits.slice(-6)}`;
  const thread = url.searchParams.get('thread_ts');
  const place = new URLSearchParams({ channel, ...(thread ? { thread } : {}), message });
  res.writeHead(302, { location: channel ? `/?${place}` : '/' });
  res.end();
}
