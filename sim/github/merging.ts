import { branchTip, logCommits } from './commits.ts';
import { type MergeMethod, mergeCommits } from './merge.ts';
import type { PullIssue, Repo } from './model.ts';
import { type Account, account } from './people.ts';
import { markMerged, pullRange } from './pulls.ts';
import { refChanged } from './pushes.ts';
import { Refusal } from './rest/router.ts';
import { bareDir, type World } from './world.ts';

export interface MergeRequest {
  method: MergeMethod;
  sha?: string;
  title?: string;
  message?: string;
}

/** The merge button: makes the commit, moves the base branch to it, tells the world. Gives the new commit. */
export function mergePull(world: World, repo: Repo, issue: PullIssue, request: MergeRequest, actor: Account) {
  return world.lock(repo, async () => {
    if (issue.state !== 'open') throw new Refusal(405, 'Pull Request is not mergeable');
    if (issue.pull.draft) throw new Refusal(405, 'Pull Request is still a draft');
    if (request.sha !== undefined && request.sha !== issue.pull.head.sha) {
      throw new Refusal(409, 'Head branch was modified. Review and try the merge again.');
    }
    const dir = bareDir(world, repo);
    const ref = `refs/heads/${issue.pull.base.ref}`;
    const before = await branchTip(world.git, dir, issue.pull.base.ref);
    if (!before) throw new Refusal(405, 'Base branch was deleted');
    const sha = await mergeCommits(world, repo, {
      base: before,
      head: issue.pull.head.sha,
      method: request.method,
      message: await mergeMessage(world, repo, issue, request),
      author: request.method === 'squash' ? account(issue.user) : actor,
    });
    if (!sha) throw new Refusal(405, 'Pull Request is not mergeable');
    issue.pull.merging = { sha, by: actor.login };
    issue.pull.base.sha = before;
    world.store.touch();
    await world.store.save();
    await world.git.text(dir, ['update-ref', ref, sha, before]);
    await markMerged(world, repo, issue, sha, actor);
    await refChanged(world, repo, { ref, before, after: sha }, actor);
    return sha;
  });
}

async function mergeMessage(world: World, repo: Repo, issue: PullIssue, request: MergeRequest): Promise<string> {
  const from = `${repo.owner}/${issue.pull.head.ref}`;
  if (request.method === 'merge') {
    const title = request.title ?? `Merge pull request #${issue.number} from ${from}`;
    return `${title}\n\n${request.message ?? issue.title}\n`;
  }
  const range = await pullRange(world, repo, issue);
  const commits = await logCommits(world.git, bareDir(world, repo), ['--reverse', `${range.from}..${range.to}`]);
  const only = commits.length === 1 ? commits[0]!.message : null;
  const title = request.title ?? `${only ? only.split('\n')[0] : issue.title} (#${issue.number})`;
  const list = commits.map((commit) => `* ${commit.message.split('\n')[0]}`).join('\n');
  const message = request.message ?? (only ? only.split('\n').slice(1).join('\n').trim() : list);
  return `${title}\n\n${message}\n`;
}
