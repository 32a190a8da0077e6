import type { Octokit, RestEndpointMethodTypes } from '@octokit/rest';
import { ONCE, refusedWith } from './github-http.ts';
import type { ChangedFile, GitHubCalls, Merge, Pull, Review } from './github-types.ts';

type RawPull = RestEndpointMethodTypes['pulls']['get']['response']['data'];

type PullCalls = Pick<
  GitHubCalls,
  | 'openPulls'
  | 'getPull'
  | 'findPullByBranch'
  | 'createPull'
  | 'pullFiles'
  | 'reviewsOf'
  | 'requestReviewer'
  | 'upsertComment'
  | 'merge'
>;

export function parts(repo: string): { owner: string; repo: string } {
  const [owner = '', name = ''] = repo.split('/');
  return { owner, repo: name };
}

/** Everything about pull requests. */
export function pullCalls(octokit: Octokit): PullCalls {
  const getPull = async (repo: string, number: number) =>
    asPull((await octokit.pulls.get({ ...parts(repo), pull_number: number })).data);

  const findPullByBranch = async (repo: string, branch: string) => {
    const { owner } = parts(repo);
    const head = `${owner}:${branch}`;
    const { data } = await octokit.pulls.list({ ...parts(repo), head, state: 'all', per_page: 50 });
    // A stand-in or an old server may ignore an unknown head: the name is compared again.
    const mine = data.filter((one) => one.head.ref === branch);
    const found = mine.find((one) => one.state === 'open') ?? mine[0];
    return found ? getPull(repo, found.number) : null;
  };

  return {
    getPull,
    findPullByBranch,
    openPulls: async (repo, limit) => {
      const { data } = await octokit.pulls.list({ ...parts(repo), state: 'open', per_page: Math.min(limit, 100) });
      return data.map((one) => ({
        number: one.number,
        title: one.title,
        url: one.html_url,
        author: one.user?.login ?? '',
        branch: one.head.ref,
      }));
    },
    createPull: async (repo, { title, body, branch, base }) => {
      try {
        const { data } = await octokit.pulls.create({ ...parts(repo), title, body, head: branch, base, ...ONCE });
        return asPull(data);
      } catch (error) {
        const open = refusedWith(error, 422) ? await findPullByBranch(repo, branch) : null;
        if (open?.state === 'open') return open;
        throw error;
      }
    },
    pullFiles: async (repo, pull) => {
      const files = await octokit.paginate(octokit.pulls.listFiles, {
        ...parts(repo),
        pull_number: pull.number,
        per_page: 100,
      });
      return { files: files.map(asFile), complete: files.length >= pull.files };
    },
    reviewsOf: async (repo, number) => {
      const reviews = await octokit.paginate(octokit.pulls.listReviews, {
        ...parts(repo),
        pull_number: number,
        per_page: 100,
      });
      return reviews.flatMap((review): Review[] => {
        const state = review.state.toLowerCase();
        if (state !== 'approved' && state !== 'changes_requested' && state !== 'commented') return [];
        // Bots do not review for us: an agent's own approval must not count.
        if (!review.user || review.user.type === 'Bot') return [];
        return [{ login: review.user.login, state, commit: review.commit_id ?? '', at: review.submitted_at ?? '' }];
      });
    },
    requestReviewer: async (repo, number, login) => {
      try {
        await octokit.pulls.requestReviewers({ ...parts(repo), pull_number: number, reviewers: [login] });
        return true;
      } catch (error) {
        if (refusedWith(error, 422)) return false;
        throw error;
      }
    },
    upsertComment: async (repo, number, marker, body) => {
      const text = `${marker}\n${body}`;
      const issue = { ...parts(repo), issue_number: number };
      const comments = await octokit.paginate(octokit.issues.listComments, { ...issue, per_page: 100 });
      const marked = comments.filter((one) => one.body?.startsWith(marker));
      // Anybody can write our marker; with write access we could even change their comment, and they ours back.
      const isOurs = marked.length > 0 ? await oursOnly(octokit) : () => false;
      const ours = marked.find((one) => isOurs(one.user));
      if (!ours) await octokit.issues.createComment({ ...issue, body: text, ...ONCE });
      else if (ours.body !== text) {
        await octokit.issues.updateComment({ ...parts(repo), comment_id: Number(ours.id), body: text });
      }
    },
    merge: async (repo, number, { sha, title, method }): Promise<Merge> => {
      try {
        const { data } = await octokit.pulls.merge({
          ...parts(repo),
          pull_number: number,
          sha,
          merge_method: method,
          commit_title: title,
          ...ONCE,
        });
        return { kind: 'merged', sha: data.sha };
      } catch (error) {
        if (refusedWith(error, 409)) return { kind: 'moved', reason: error.message };
        if (refusedWith(error, 405)) return { kind: 'blocked', reason: error.message };
        throw error;
      }
    },
  };
}

/** Who we are. An app's token may not ask; then every bot's comment counts as ours. */
async function oursOnly(octokit: Octokit): Promise<(user: { login: string; type: string } | null) => boolean> {
  try {
    const { login } = (await octokit.users.getAuthenticated()).data;
    return (user) => user?.login === login;
  } catch (error) {
    if (!refusedWith(error, 403, 404)) throw error;
    return (user) => user?.type === 'Bot';
  }
}

function asPull(raw: RawPull): Pull {
  return {
    number: raw.number,
    url: raw.html_url,
    title: raw.title,
    body: raw.body ?? '',
    branch: raw.head.ref,
    headSha: raw.head.sha,
    baseBranch: raw.base.ref,
    baseSha: raw.base.sha,
    state: raw.merged ? 'merged' : raw.state === 'open' ? 'open' : 'closed',
    draft: raw.draft ?? false,
    author: raw.user.login,
    additions: raw.additions,
    deletions: raw.deletions,
    files: raw.changed_files,
    mergedSha: raw.merged ? raw.merge_commit_sha : null,
    mergedAt: raw.merged_at,
    requestedReviewers: (raw.requested_reviewers ?? []).map((one) => one.login),
  };
}

type RawFile = RestEndpointMethodTypes['pulls']['listFiles']['response']['data'][number];

function asFile(raw: RawFile): ChangedFile {
  const known = { added: 'added', removed: 'removed', renamed: 'renamed' } as Record<string, ChangedFile['status']>;
  return {
    path: raw.filename,
    previousPath: raw.previous_filename ?? null,
    status: known[raw.status] ?? 'modified',
    additions: raw.additions,
    deletions: raw.deletions,
    patch: raw.patch ?? null,
  };
}
