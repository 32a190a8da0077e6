/** files.*: the three calls of an upload; sharing happens a moment later, as at Slack. */
import { apiFile } from '../payloads.ts';
import { APP } from '../people.ts';
import { type Json, SlackRefusal, type StoredFile } from '../types.ts';
import { needChannel, newId, seconds } from '../workspace.ts';
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

export const fileMethods = ({ ws, messages, fileProcessingMs }: ApiParts): Methods => {
  const known = (id: unknown): StoredFile => {
    const file = ws.data.files[String(id ?? '')];
    if (!file) throw new SlackRefusal('file_not_found');
    return file;
  };
  return {
    'files.getUploadURLExternal': {
      tier: 4,
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
      call: (args) => {
        const given = Array.isArray(args.files) ? (args.files as Json[]) : [];
        const files = given.map((f) => known(f.id));
        if (files.length === 0) throw new SlackRefusal('invalid_arguments');
        if (files.some((f) => !f.uploaded)) throw new SlackRefusal('file_not_found');
        const channels = String(args.channel_id ?? args.channels ?? '').split(',');
        const targets = channels.filter(Boolean).map((id) => needChannel(ws, id));
        for (const channel of targets) {
          if (!channel.members.includes(APP.bot_user_id)) throw new SlackRefusal('not_in_channel');
        }
        for (const [at, file] of files.entries()) {
          if (typeof given[at]?.title === 'string') file.title = given[at].title;
          file.processed_at = ws.now() + fileProcessingMs;
          file.channels = targets.map((c) => c.id);
        }
        ws.store.changed();
        const thread = typeof args.thread_ts === 'string' ? { thread_ts: args.thread_ts } : {};
        const share = (): void => {
          for (const channel of targets) {
            const text = typeof args.initial_comment === 'string' ? args.initial_comment : '';
            const ids = files.map((f) => f.id);
            messages.post(channel, { user: APP.bot_user_id, text, files: ids, subtype: 'file_share', ...thread });
          }
        };
        setTimeout(share, fileProcessingMs).unref();
        return { files: files.map((f) => apiFile(ws, f)) };
      },
    },
    'files.info': { tier: 4, call: (args) => ({ file: apiFile(ws, known(args.file)) }) },
  };
};
