import { boardHome, queueHome } from '../../views/home.ts';
import { toBoard, toQueue } from '../../views/rows.ts';
import { board } from '../store/board.ts';
import { readQueue } from '../store/queue.ts';
import type { Call } from './call.ts';
import type { ActionHandler } from './context.ts';
import type { SlackInput } from './input.ts';

/** Columns in the order of the board. */
const COLUMN_NAMES = [
  'Incoming',
  'Planning',
  'For review',
  'Ready to Delegate',
  'In Development',
  'Preview',
  'Deployed',
] as const;

export async function readBoard(input: SlackInput, rows: number) {
  return toBoard(await board(input.db, COLUMN_NAMES, rows));
}

/** Looking changes nothing, so there is nothing to record; `update-home` keeps the queue up to date. */
const shows =
  (draw: (input: SlackInput, userId: string) => Promise<ReturnType<typeof queueHome>>): ActionHandler =>
  async ({ input, call }) => ({ after: () => publish(call, call.caller.id, () => draw(input, call.caller.id)) });

export async function publish(
  call: Pick<Call, 'client'>,
  userId: string,
  draw: () => Promise<ReturnType<typeof queueHome>>,
): Promise<void> {
  await call.client.views.publish({ user_id: userId, view: await draw() });
}

export const drawQueue = async (input: SlackInput, userId: string) =>
  queueHome(toQueue(await readQueue(input.db, userId)));
const drawBoard = async (input: SlackInput) => boardHome(await readBoard(input, 8));

export const homeActions: Readonly<Record<string, ActionHandler>> = {
  home_queue: shows(drawQueue),
  home_queue_refresh: shows(drawQueue),
  home_board: shows(drawBoard),
  home_board_refresh: shows(drawBoard),
};
