import type { Deps } from '../../src/deps.ts';
import { type BoardFilter, board, boardPage } from '../../src/store/board.ts';
import { rolesOf } from '../../src/store/people.ts';
import { BOARD_COLUMNS, OVERVIEW_ROWS, PAGE_ROWS } from '../../views/board.ts';
import type { BoardData, BoardPageData } from '../../views/data.ts';
import { toBoard, toRow } from '../../views/rows.ts';
import type { HomeState } from '../../views/values.ts';
import { waitingOf } from './waiting.ts';

/** The board as one person sees it: all columns, or one of them page by page. */

type BoardDeps = Pick<Deps, 'db' | 'pipelines'>;

const filterOf = ({ service, mine, blocked }: HomeState, userId: string): BoardFilter => ({
  ...(service ? { service } : {}),
  ...(mine ? { requester: userId } : {}),
  ...(blocked ? { blocked } : {}),
});

export async function boardOf(
  deps: BoardDeps,
  userId: string,
  state: HomeState,
  rows: number = OVERVIEW_ROWS,
): Promise<BoardData> {
  const [found, roles] = await Promise.all([
    board(deps.db, BOARD_COLUMNS, filterOf(state, userId), rows),
    rolesOf(deps.db, userId),
  ]);
  return toBoard(found, await waitingOf(deps, [...found.columns.values()].flat(), { id: userId, roles }));
}

export async function boardPageOf(
  deps: BoardDeps,
  userId: string,
  state: HomeState & { column: string },
): Promise<BoardPageData> {
  const { column, after, before } = state;
  const filter = filterOf(state, userId);
  const [page, counts, roles] = await Promise.all([
    boardPage(deps.db, column, filter, { limit: PAGE_ROWS, ...(after ? { after } : before ? { before } : {}) }),
    board(deps.db, [column], filter, 1),
    rolesOf(deps.db, userId),
  ]);
  const waiting = await waitingOf(deps, page.rows, { id: userId, roles });
  return {
    column,
    rows: page.rows.map((row) => toRow(row, waiting)),
    count: counts.columns.get(column)?.[0]?.total ?? 0,
    blocked: counts.blocked.get(column) ?? 0,
    before: page.earlier ? (page.rows[0]?.spot ?? null) : null,
    after: page.later ? (page.rows.at(-1)?.spot ?? null) : null,
  };
}
