import { useMemo } from 'preact/hooks';
import type { Message } from '../../slack/client-api.ts';
import { Blocks } from '../blocks/blocks.tsx';
import { Picture } from '../blocks/picture.tsx';
import type { Block } from '../blocks/types.ts';
import type { Form } from '../state/form.ts';
import { fillDate } from '../text/dates.ts';
import { safeUrl } from '../text/inline.ts';
import { Link, Mrkdwn } from '../text/view.tsx';
import { type Surface, SurfaceContext } from './context.ts';
import { Icon } from './icon.tsx';

/** Slack's older way of adding to a message, which monitors and deploy tools still use. Everything in it is optional. */
interface Attachment {
  color?: string;
  pretext?: string;
  author_name?: string;
  author_link?: string;
  title?: string;
  title_link?: string;
  text?: string;
  fallback?: string;
  fields?: { title?: string; value?: string; short?: boolean }[];
  image_url?: string;
  thumb_url?: string;
  footer?: string;
  /** Seconds since 1970. */
  ts?: number | string;
  blocks?: Block[];
}

const named: Record<string, string> = { good: '#2eb67d', warning: '#ecb22e', danger: '#e01e5a' };

/** A colour that Slack takes: one of three names, or a number with six digits. */
function colourOf(attachment: Attachment): string | undefined {
  const given = attachment.color ?? '';
  return named[given] ?? (/^#?[0-9a-f]{6}$/i.test(given) ? `#${given.replace('#', '')}` : undefined);
}

export function Attachments({ of, surface }: { of: unknown[]; surface: Omit<Surface, 'blocks'> }) {
  return (
    <div class="attachments">
      {(of as Attachment[]).map((attachment, index) => (
        <AttachmentView key={index} attachment={attachment} {...surface} />
      ))}
    </div>
  );
}

interface AttachmentProps {
  attachment: Attachment;
  container: Surface['container'];
  form: Form;
}

function AttachmentView({ attachment, container, form }: AttachmentProps) {
  const { pretext, title, title_link, text, fields, footer, ts, blocks } = attachment;
  const surface = useMemo(() => ({ container, form, blocks: blocks ?? [] }), [container, form, blocks]);
  const bare = !title && !text && !fields?.length && !blocks?.length && !attachment.image_url;
  const when = Number(ts);
  return (
    <>
      {pretext && <Mrkdwn text={pretext} />}
      <div class="attachment" style={{ borderLeftColor: colourOf(attachment) }}>
        {attachment.thumb_url && (
          <Picture of={{ type: 'image', image_url: attachment.thumb_url, alt_text: title }} class="attachment-thumb" />
        )}
        {attachment.author_name && (
          <div class="attachment-author">
            <Linked url={attachment.author_link} text={attachment.author_name} />
          </div>
        )}
        {title && (
          <div class="attachment-title">
            <Linked url={title_link} text={title} />
          </div>
        )}
        {text && <Mrkdwn text={text} />}
        {bare && attachment.fallback && <Mrkdwn text={attachment.fallback} />}
        {fields && fields.length > 0 && <Fields fields={fields} />}
        {attachment.image_url && (
          <Picture of={{ type: 'image', image_url: attachment.image_url, alt_text: title }} class="picture-large" />
        )}
        {blocks && blocks.length > 0 && (
          <SurfaceContext.Provider value={surface}>
            <Blocks blocks={blocks} />
          </SurfaceContext.Provider>
        )}
        {(footer || when > 0) && (
          <div class="attachment-foot">
            {[footer, when > 0 && fillDate(when, '{date_short_pretty} at {time}')].filter(Boolean).join(' · ')}
          </div>
        )}
      </div>
    </>
  );
}

function Linked({ url, text }: { url?: string; text: string }) {
  const safe = url && safeUrl(url);
  return safe ? (
    <Link url={safe}>
      <Mrkdwn text={text} autolink={false} />
    </Link>
  ) : (
    <Mrkdwn text={text} autolink={false} />
  );
}

function Fields({ fields }: { fields: NonNullable<Attachment['fields']> }) {
  return (
    <div class="fields">
      {fields.map((field, index) => (
        <div key={index} class={`section-field${field.short ? '' : ' is-wide'}`}>
          {field.title && <b>{field.title}</b>}
          {field.value && <Mrkdwn text={field.value} />}
        </div>
      ))}
    </div>
  );
}

/** The files of a message: pictures as such, everything with its name, size and a way to keep it. */
export function Files({ of }: { of: NonNullable<Message['files']> }) {
  return (
    <ul class="file-list" aria-label="Files">
      {of.map((file) => (
        <li key={file.id} class="file-card">
          {file.mimetype.startsWith('image/') && (
            <Picture of={{ type: 'image', image_url: file.url, alt_text: file.title }} class="picture-large" />
          )}
          <div class="file-line">
            <Icon name="file" size={20} />
            <span class="file-words">
              <b>{file.title || file.name}</b>
              <span class="muted">
                {file.title && file.title !== file.name ? `${file.name} · ` : ''}
                {sizeOf(file.size)}
              </span>
            </span>
            <a class="btn btn-small" href={file.url} download={file.name} aria-label={`Download ${file.name}`}>
              Download
            </a>
          </div>
        </li>
      ))}
    </ul>
  );
}

function sizeOf(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const [size, unit] = bytes < 1_000_000 ? [bytes / 1000, 'KB'] : [bytes / 1_000_000, 'MB'];
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${unit}`;
}
