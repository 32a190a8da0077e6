import { type DocumentNode, type FieldNode, Kind, type SelectionSetNode } from 'graphql';

/** Linear's published way to count: a property costs 0.1, an object 1, a connection what it could bring at most. */
const PROPERTY = 0.1;
const OBJECT = 1;
/** A connection that does not say how many it wants. */
const USUAL_FIRST = 50;
/** One query may cost so much. */
export const MOST = 10_000;

export function complexity(document: DocumentNode): number {
  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  return operations.reduce((sum, one) => sum + selection(one.selectionSet), 0);
}

const selection = (set: SelectionSetNode): number =>
  set.selections.reduce((sum, one) => sum + (one.kind === Kind.FIELD ? field(one) : 0), 0);

function field(node: FieldNode): number {
  if (!node.selectionSet) return PROPERTY;
  const nodes = node.selectionSet.selections.some((one) => one.kind === Kind.FIELD && one.name.value === 'nodes');
  const first = node.arguments?.find((argument) => argument.name.value === 'first')?.value;
  const times = nodes ? (first?.kind === Kind.INT ? Number(first.value) : USUAL_FIRST) : 1;
  return times * (OBJECT + selection(node.selectionSet));
}
