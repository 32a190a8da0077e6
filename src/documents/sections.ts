import { type DocumentFields, type DocumentKind, readFields } from './fields.ts';
import { linked, list, paths, prose, risks, type TextForm, tests, triggers } from './section-text.ts';

/** One section as people see it: an input in the edit modal, a heading in the text. */
export interface SectionText {
  id: string;
  label: string;
  /** What to write here; also the placeholder while the section is empty. */
  hint: string;
  text: string;
  required: boolean;
}

interface Section {
  id: string;
  label: string;
  hint: string;
  form: TextForm<unknown>;
  /** An empty one is a listed placeholder; an optional one that is empty is left out of the text. */
  required: boolean;
  /** Gherkin is shown as code. */
  code?: 'gherkin';
}

function section<T>(id: string, label: string, form: TextForm<T>, hint: string, more: Partial<Section> = {}): Section {
  return { id, label, hint, form: form as unknown as TextForm<unknown>, required: true, ...more };
}

const optional = { required: false };

/** Every section of every document, in the order in which they are read. */
export const SECTIONS: Readonly<Record<DocumentKind, readonly Section[]>> = {
  prd: [
    section('problem', 'Problem', prose, 'what goes wrong today, and for whom'),
    section('evidence', 'Evidence', linked, 'what shows that the problem is real, with links'),
    section('goals', 'Goals', list, 'what is true when this is done'),
    section('non_goals', 'Non-goals', list, 'what this deliberately leaves alone'),
    section('acceptance_criteria', 'Acceptance criteria', prose, 'scenarios in Given / When / Then', {
      code: 'gherkin',
    }),
    section('open_points', 'Open points', list, 'questions that are not answered yet', optional),
  ],
  spec: [
    section('approach', 'Approach', prose, 'how the change is made'),
    section('patterns', 'Patterns to reuse', list, 'what in the code to follow', optional),
    section('files_in_scope', 'Files in scope', paths, 'paths that may change, each with its reason'),
    section('do_not_touch', 'Do not touch', list, 'paths that must stay as they are', optional),
    section('dependencies', 'Dependencies', list, 'services and packages that this relies on or affects', optional),
    section('risks', 'Risks', risks, 'what may go wrong, as likelihood/impact: risk — mitigation'),
    section('risk_triggers', 'Risk triggers', triggers, 'data migration, irreversible, …', optional),
    section('test_matrix', 'Test matrix', tests, 'scenario | input | expected'),
    section('rollback', 'Rollback', prose, 'how to take this back'),
    section('verification', 'Verification', prose, 'how a person sees that it works'),
    section('monitoring', 'Monitoring to add', list, 'what to watch that is not watched yet', optional),
    section('migration', 'Migration plan', prose, 'steps for data that exists already', optional),
    section('definition_of_done', 'Definition of done', list, 'what must hold before this counts as done'),
    section('open_points', 'Open points', list, 'questions that are not answered yet', optional),
  ],
  release_notes: [
    section('summary', 'What changes', prose, 'what people notice'),
    section('changes', 'Changes', linked, 'the changes in this release'),
  ],
};

/** The sections of stored fields as text, ready for inputs. */
export function sectionsOf(document: DocumentKind, fields: unknown): SectionText[] {
  const typed = readFields(document, fields) as unknown as Record<string, unknown>;
  return SECTIONS[document].map(({ id, label, hint, form, required }) => {
    return { id, label, hint, text: form.write(typed[id]), required };
  });
}

export type ReadSections<K extends DocumentKind> =
  | { ok: true; fields: DocumentFields[K] }
  | { ok: false; problems: { section: string; sentence: string }[] };

/** Reads edited texts over `base`; a section that is not given keeps its value, an unknown one is a problem. */
export function readSections<K extends DocumentKind>(
  document: K,
  texts: Readonly<Record<string, string>>,
  base: DocumentFields[K],
): ReadSections<K> {
  const fields: Record<string, unknown> = { ...base };
  const problems: { section: string; sentence: string }[] = [];
  for (const [id, text] of Object.entries(texts)) {
    const known = SECTIONS[document].find((one) => one.id === id);
    if (!known) {
      problems.push({ section: id, sentence: `There is no section "${id}" in this document.` });
      continue;
    }
    try {
      fields[id] = known.form.read(text);
    } catch (error) {
      problems.push({ section: id, sentence: `${known.label}: ${(error as Error).message}.` });
    }
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, fields: readFields(document, fields) };
}
