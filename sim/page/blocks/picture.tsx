import { useState } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';
import { safeUrl } from '../text/inline.ts';
import type { Block, Element } from './types.ts';

/** An image, or its description in a frame when it cannot be loaded. */
export function Picture({ of, class: extra = '' }: { of: Element | Block; class?: string }) {
  const [broken, setBroken] = useState(false);
  const url = safeUrl(of.image_url ?? of.slack_file?.url ?? (of.slack_file?.id ? `/files/${of.slack_file.id}` : ''));
  const alt = of.alt_text ?? '';
  if (!url || broken)
    return (
      <span class={`picture-missing ${extra}`} role="img" aria-label={alt || 'Image'} title={alt}>
        <Icon name="file" size={16} />
        <span>{alt || 'Image'}</span>
      </span>
    );
  return <img class={`picture ${extra}`} src={url} alt={alt} loading="lazy" onError={() => setBroken(true)} />;
}
