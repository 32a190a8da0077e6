/** What text becomes before it is drawn. There is no HTML anywhere on the way: a node is data, and drawing makes elements. */
export type Inline =
  | { t: 'text'; text: string }
  | { t: 'br' }
  | { t: 'bold' | 'italic' | 'strike'; kids: Inline[] }
  | { t: 'code'; text: string }
  | { t: 'link'; url: string; kids: Inline[] }
  | { t: 'user'; id: string }
  | { t: 'channel'; id: string; name: string }
  | { t: 'group'; id: string; label: string }
  | { t: 'everyone'; range: string }
  | { t: 'date'; seconds: number; pattern: string; url: string; fallback: string }
  | { t: 'emoji'; name: string; char: string };

export type Chunk = { t: 'para'; kids: Inline[] } | { t: 'quote'; kids: Inline[] } | { t: 'pre'; text: string };

/** Only addresses that cannot run code may become links. */
export function safeUrl(url: string): string | undefined {
  return /^(https?:\/\/|mailto:|tel:|\/(?!\/))/i.test(url.trim()) ? url.trim() : undefined;
}

const entities: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

/** Slack escapes exactly three characters. */
export const unescaped = (text: string) => text.replace(/&(?:amp|lt|gt);/g, (entity) => entities[entity]!);
