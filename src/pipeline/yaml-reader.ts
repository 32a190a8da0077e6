import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type ParsedNode,
  parseDocument,
  Scalar,
  visit,
  type YAMLMap,
} from 'yaml';

/** Reads a YAML file with every complaint at its line. Values stay nodes, so that errors can point at them. */
export interface YamlReader {
  root: ParsedNode | null;
  errors: string[];
  complain(node: Node | null | undefined, sentence: string): void;
  /** The entries of a map with each key's node; complains and gives none when it is not a map. */
  entries(node: unknown, what: string): { key: string; keyNode: Node; value: ParsedNode | null }[];
  /** The items of a list; complains and gives none when it is not one. */
  items(node: unknown, what: string): ParsedNode[];
  /** A word, or null with a complaint. */
  word(node: unknown, what: string): string | null;
  /** Plain value of a node. */
  plain(node: unknown): unknown;
}

/** No pipeline or catalog is this long; a file that is was not written by a person. */
const MAX_BYTES = 256 * 1024;
const TOO_DEEP = 'the file is nested too deeply';

export function readYaml(text: string, file: string): YamlReader {
  const lines = new LineCounter();
  const errors: string[] = [];
  const at = (offset: number | undefined) => `${file}:${offset === undefined ? 1 : lines.linePos(offset).line}`;
  const complain = (node: Node | null | undefined, sentence: string) => {
    errors.push(`${at(node?.range?.[0])}: ${sentence}`);
  };
  if (Buffer.byteLength(text) > MAX_BYTES) {
    errors.push(`${file}:1: the file is larger than ${MAX_BYTES / 1024} KB`);
    return { root: null, errors, complain, entries: () => [], items: () => [], word: () => null, plain: () => null };
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const deep = document.errors.find((error) => error.message.includes('call stack'));
  if (deep) errors.push(`${at(deep.pos[0])}: ${TOO_DEEP}`);
  else for (const error of document.errors) errors.push(`${at(error.pos[0])}: ${error.message}`);
  // An alias is a copy that nobody sees, and a few of them make a small file endless.
  if (errors.length === 0) {
    visit(document, { Alias: (_, node) => complain(node, `the alias *${node.source} is not allowed; write it out`) });
  }

  const plain = (node: unknown): unknown =>
    node && typeof node === 'object' && 'toJS' in node ? (node as Node).toJS(document, { maxAliasCount: 0 }) : node;

  /** `{ gate }` has no value node: an empty one at the key, so that a complaint names its line. */
  const emptyAt = (key: unknown): ParsedNode => {
    const empty = new Scalar(null) as Scalar.Parsed;
    empty.range = (key as Node).range ?? [0, 0, 0];
    return empty;
  };

  return {
    root: document.contents,
    errors,
    complain,
    plain,
    entries(node, what) {
      if (!isMap(node)) complain(node as Node, `${what} must be a map (key: value)`);
      else
        return (node as YAMLMap.Parsed).items.map((pair) => ({
          key: String(plain(pair.key)),
          keyNode: pair.key as Node,
          value: (pair.value as ParsedNode | null) ?? emptyAt(pair.key),
        }));
      return [];
    },
    items(node, what) {
      if (isSeq(node)) return node.items as ParsedNode[];
      complain(node as Node, `${what} must be a list`);
      return [];
    },
    word(node, what) {
      const value = isScalar(node) ? node.value : undefined;
      if (typeof value === 'string' && value.length > 0) return value;
      complain(node as Node, `${what} must be a word`);
      return null;
    },
  };
}
