/** files.*: the three calls of an upload; sharing happens a moment later, as at Slack. */
import type { Events } from '../events.ts';
import { apiFile } from '../payloads.ts';
import { APP } from '../people.ts';
import { type Json, SlackRefusal, type StoredFile } from '../types.ts';
import { needChannel, newId, seconds, type Workspace } from '../workspace.ts';
import type { ApiParts, Methods } from './method.ts';

const TYPES: Record<string, string> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  md: 'text/markdown',
  txt: 'text/plain',
  json: 'application/json',
  html: 'text/html',
  pdf: 'application/pdf',
};

export const fileMethods = ({ ws, messages, events, fileProcessingMs }: ApiParts): Methods => {
  const known = (id: unknown): StoredFile => {
    const file = ws.data.files[String(id ?? '')];
    if (!file) throw new SlackRefusal('file_not_found');
    return file;
  };
  return {
    'files.getUploadURLExternal': {
      tier: 4,
      scope: 'files:write',
      call: (args) => {
        const name = String(args.filename ?? '');
        const size = Number(args.length);
        if (!name || !Number.isInteger(size) || size <= 0) throw new SlackRefusal('invalid_arguments');
        const id = newId('F');
        ws.data.files[id] = {
          id,
          name,
          title: name,
          mimetype: TYPES[name.split('.').at(-1)?.toLowerCase() ?? ''] ?? 'application/octet-stream',
          size,
          user: APP.bot_user_id,
          created: seconds(ws),
          content: '',
          uploaded: false,
          processed_at: null,
          channels: [],
        };
        return { upload_url: `${ws.baseUrl()}/files/upload/${id}`, file_id: id };
      },
    },
    'files.completeUploadExternal': {
      tier: 4,
      scope: 'files:write',
      call: (args) => {
        const given = Array.isArray(args.files) ? (args.files as Json[]) : [];
        const files = given.map((f) => known(f.id));
        if (files.length === 0) throw new SlackRefusal('invalid_arguments');
        if (files.some((f) => !f.uploaded)) throw new SlackRefusal('file_not_found');
        const channels = String(args.channel_id ?? args.channels ?? '').split(',');
        const targets = channels.filter(Boolean).map((id) => needChannel(ws, id));
        for (const channel of targets) {
          if (!channel.members.includes(APP.bot_user_id)) throw new SlackRefusal('not_in_channel');
          if (channel.is_archived) throw new SlackRefusal('is_archived');
        }
        for (const [at, file] of files.entries()) {
          if (typeof given[at]?.title === 'string') file.title = given[at].title;
          file.processed_at = ws.now() + fileProcessingMs;
          file.channels = targets.map((c) => c.id);
        }
        ws.store.changed();
        const thread = typeof args.thread_ts === 'string' ? { thread_ts: args.thread_ts } : {};
        const text = typeof args.initial_comment === 'string' ? args.initial_comment : '';
        const ids = files.map((f) => f.id);
        const share = (): void => {
          for (const channel of targets) {
            const content = { text, files: ids, subtype: 'file_share', ...thread };
            const { ts } = messages.post(channel, { user: APP.bot_user_id, ...content });
            for (const file of files) {
              file.shares = { ...file.shares, [channel.id]: [...(file.shares?.[channel.id] ?? []), { ts, ...thread }] };
              tellShared(events, file.id, channel.id);
            }
          }
          ws.store.changed();
        };
        whenDue(ws, ws.now() + fileProcessingMs, share);
        return { files: files.map((f) => apiFile(ws, f)) };
      },
    },
    'files.info': { tier: 4, scope: 'files:read', call: (args) => ({ file: apiFile(ws, known(args.file)) }) },
  };
};

/** By the workspace's clock, which a test may hold. */
function whenDue(ws: Workspace, at: number, then: () => void): void {
  const left = at - ws.now();
  if (left <= 0) then();
  else setTimeout(() => whenDue(ws, at, then), Math.min(left, 20)).unref();
}

function tellShared(events: Events, file_id: string, channel_id: string): void {
  const type = 'file_shared';
  events.publish(type, { type, file_id, user_id: APP.bot_user_id, file: { id: file_id }, channel_id });
}
