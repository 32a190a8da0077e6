import type { Catalog, Service } from './types.ts';

/** Certain, with the reason; or what a person may choose from (best first, may be empty), with the reason. */
export type FoundService = { service: Service; why: string } | { candidates: Service[]; why: string };

const maxCandidates = 8;

interface Hit {
  service: Service;
  words: string;
  from: number;
  to: number;
}

/**
 * The service that a text is about. Certain only when exactly one service's name, title or repository stands in it
 * as a whole; a part of a word, an address or a path doesn't count, and two services are a question.
 */
export function findService(catalog: Catalog, text: string): FoundService {
  const hits = catalog.services.flatMap((service) => hitsOf(service, text));
  // "checkout" inside "checkout worker" belongs to the longer name.
  const whole = hits.filter((hit) => !hits.some((other) => other.service !== hit.service && covers(other, hit)));
  const named = [...new Set(whole.map((hit) => hit.service))];
  if (named.length === 1) return { service: named[0]!, why: `the text names "${whole[0]!.words}"` };
  if (named.length > 1) {
    return { candidates: named.slice(0, maxCandidates), why: `the text names ${named.length} services` };
  }
  return { candidates: similar(catalog, text), why: 'the text names no service of the catalog' };
}

function covers(longer: Hit, shorter: Hit): boolean {
  const wider = longer.to - longer.from > shorter.to - shorter.from;
  return wider && longer.from <= shorter.from && longer.to >= shorter.to;
}

function hitsOf(service: Service, text: string): Hit[] {
  const phrases = [...new Set([service.name, service.title, service.repo].filter((one) => one !== null))];
  return phrases.flatMap((phrase) =>
    [...text.matchAll(wholeWords(phrase))].map((match) => ({
      service,
      words: match[0],
      from: match.index,
      to: match.index + match[0].length,
    })),
  );
}

/** A phrase as whole words: "product-catalog" is also "Product catalog", but not "product-catalog-old" or "x/ledger". */
function wholeWords(phrase: string): RegExp {
  const words = phrase.split(/[-_\s]+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`(?<![\\p{L}\\p{N}_/.-])${words.join('[-_\\s]')}(?![\\p{L}\\p{N}_/-]|\\.[\\p{L}\\p{N}])`, 'giu');
}

/** Services whose name or title shares a longer word with the text, most shared words first. */
function similar(catalog: Catalog, text: string): Service[] {
  const said = wordsOf(text);
  return catalog.services
    .map((service) => {
      const own = wordsOf(`${service.name} ${service.title}`);
      return { service, shared: [...own].filter((word) => said.has(word)).length };
    })
    .filter(({ shared }) => shared > 0)
    .sort((one, other) => other.shared - one.shared)
    .slice(0, maxCandidates)
    .map(({ service }) => service);
}

function wordsOf(text: string): Set<string> {
  return new Set((text.toLowerCase().match(/[\p{L}\p{N}]{4,}/gu) ?? []).map((word) => word.replace(/s$/, '')));
}
