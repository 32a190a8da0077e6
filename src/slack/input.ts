import type { HomeView } from '@slack/types';
import type { ReadonlyKysely } from 'kysely/readonly';
import type { Logger } from 'pino';
import type { BoardData, SectionDiff, SectionText } from '../../views/data.ts';
import type { Judged } from '../../views/describe.ts';
import type { MetricsData } from '../../views/metrics.ts';
import type { MilestoneData } from '../../views/milestone.ts';
import type { DocumentName, Period } from '../../views/values.ts';
import type { Advance } from '../advance.ts';
import type { Catalog } from '../catalog/types.ts';
import type { Alerts } from '../commands/alert.ts';
import type { CreateItem } from '../commands/create-item.ts';
import type { Incidents } from '../commands/incident.ts';
import type { Milestones } from '../commands/milestone.ts';
import type { OpenHome } from '../commands/open-home.ts';
import type { Receive } from '../commands/receive.ts';
import type { ReviseDocument } from '../commands/revise.ts';
import type { Failpoint } from '../failpoint.ts';
import type { Tables } from '../store/tables.ts';

/** The channels of `triage` in `lockstep.yml`. Slack names channels by id, people by name. */
export interface Triage {
  /** As they are written in the file. */
  channels: readonly string[];
  /** Rejects while it is not known yet what the names mean: Slack sends the event again. */
  has(channelId: string): Promise<boolean>;
}

/** Everything that listeners work with. They write through `advance` and `commands` only. */
export interface SlackInput {
  db: ReadonlyKysely<Tables>;
  advance: Advance;
  commands: {
    createItem: CreateItem;
    revise: ReviseDocument;
    receive: Receive;
    openHome: OpenHome;
    incidents: Incidents;
    milestones: Milestones;
    alerts: Alerts;
  };
  triage: Triage;
  /** An item as its card shows it now; null when there is none. */
  judge(itemId: string): Promise<Judged | null>;
  /**
   * Draws a person's Home as they chose to see it and hands it to `send`, unless it looks as before. Answers false when
   * somebody else draws it at this moment.
   */
  drawHome(userId: string, send: (view: HomeView) => Promise<unknown>): Promise<boolean>;
  /** The board and the metrics for an answer to `/ticket`. */
  readBoard(userId: string, rows: number): Promise<BoardData>;
  readMetrics(days: Period): Promise<MetricsData>;
  /** How a milestone comes along; null when nobody has started it. */
  readMilestone(id: string): Promise<MilestoneData | null>;
  /** Stored fields of a document as the texts of its sections. */
  sectionsOf(document: 'prd' | 'spec', fields: unknown): SectionText[];
  /** What changed between two revisions, by their stored fields. */
  diffSections(document: DocumentName, before: unknown, after: unknown): SectionDiff[];
  catalog: Pick<Catalog, 'services'>;
  /** Agents that may be delegated to, as the modal offers them. */
  agents: readonly { id: string; label: string }[];
  config: {
    /** Where the cards of new items are posted. */
    channel: string;
    default_agent: string;
  };
  log: Logger;
  now: () => Date;
  failpoint: Failpoint;
}
