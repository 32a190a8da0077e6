import type { Prd } from './fields.ts';

/** Evidence whose link does not stand in the material is dropped: a source that nobody gave is no source. */
export function onlyKnownLinks(prd: Prd, material: string): Prd {
  return { ...prd, evidence: prd.evidence.filter(({ url }) => url === null || material.includes(url)) };
}
