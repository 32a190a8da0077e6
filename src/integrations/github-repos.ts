import type { Octokit } from '@octokit/rest';
import { refusedWith } from './github-http.ts';
import { parts } from './github-pulls.ts';
import type { Checks, CommitSummary, GitHubCalls, Repository } from './github-types.ts';

type RepoCalls = Pick<
  GitHubCalls,
  | 'getRepo'
  | 'headOf'
  | 'recentCommits'
  | 'commitsBetween'
  | 'file'
  | 'tree'
  | 'treeOf'
  | 'codeowners'
  | 'checksFor'
  | 'setStatus'
>;

/** Where GitHub looks for CODEOWNERS; the first one counts. */
const CODEOWNERS = ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS'];
/** Our own statuses are results, not checks: they must not decide about themselves. */
const OURS = /^lockstep(?:\/| \/)/;

/** A repository's contents, commits and checks. */
export function repoCalls(octokit: Octokit): RepoCalls {
  const file = async (repo: string, path: string, ref: string) => {
    try {
      const { data } = await octokit.repos.getContent({ ...parts(repo), path, ref, mediaType: { format: 'raw' } });
      return typeof data === 'string' ? data : null;
    } catch (error) {
      if (refusedWith(error, 404)) return null;
      throw error;
    }
  };

  return {
    file,
    getRepo: async (repo) => {
      const { data } = await octokit.repos.get(parts(repo));
      // Servers leave the flags out for tokens that may not push; then the common default is tried.
      const allowed: [Repository['mergeMethods'][number], boolean | undefined][] = [
        ['squash', data.allow_squash_merge],
        ['merge', data.allow_merge_commit],
        ['rebase', data.allow_rebase_merge],
      ];
      return {
        repo: data.full_name,
        defaultBranch: data.default_branch,
        url: data.html_url,
        mergeMethods: allowed.filter(([, flag]) => flag !== false).map(([method]) => method),
      };
    },
    headOf: async (repo, branch) => {
      try {
        const { data } = await octokit.git.getRef({ ...parts(repo), ref: `heads/${branch}` });
        return data.object.sha;
      } catch (error) {
        if (refusedWith(error, 404, 409)) return null;
        throw error;
      }
    },
    recentCommits: async (repo, limit) => {
      const { data } = await octokit.repos.listCommits({ ...parts(repo), per_page: limit });
      return data.map(asCommit);
    },
    commitsBetween: async (repo, base, head) => {
      try {
        const basehead = `${base}...${head}`;
        const { data } = await octokit.repos.compareCommitsWithBasehead({ ...parts(repo), basehead, per_page: 100 });
        return data.commits.map(asCommit);
      } catch (error) {
        if (refusedWith(error, 404, 422)) return null;
        throw error;
      }
    },
    tree: async (repo, sha) => {
      const { data } = await octokit.git.getTree({ ...parts(repo), tree_sha: sha, recursive: '1' });
      const files = data.tree.filter((one) => one.type === 'blob' && one.path);
      return { files: files.map((one) => ({ path: one.path!, size: one.size ?? 0 })), truncated: data.truncated };
    },
    treeOf: async (repo, sha) => {
      try {
        return (await octokit.git.getCommit({ ...parts(repo), commit_sha: sha })).data.tree.sha;
      } catch (error) {
        if (refusedWith(error, 404)) return null;
        throw error;
      }
    },
    codeowners: async (repo, ref) => {
      for (const path of CODEOWNERS) {
        const text = await file(repo, path, ref);
        if (text !== null) return { path, text };
      }
      return null;
    },
    checksFor: (repo, sha) => checksFor(octokit, repo, sha),
    setStatus: async (repo, sha, { state, context, description }) => {
      const text = description.length > 140 ? `${description.slice(0, 139)}…` : description;
      await octokit.repos.createCommitStatus({ ...parts(repo), sha, state, context, description: text });
    },
  };
}

const FAILED = ['failure', 'timed_out', 'cancelled', 'action_required', 'startup_failure', 'stale', 'error'];

async function checksFor(octokit: Octokit, repo: string, sha: string): Promise<Checks> {
  const about = { ...parts(repo), ref: sha, per_page: 100 };
  const [runs, combined] = await Promise.all([
    octokit.paginate(octokit.checks.listForRef, { ...about, filter: 'latest' as const }),
    octokit.repos.getCombinedStatusForRef(about),
  ]);
  const all = [
    ...runs.map((run) => ({
      name: run.name,
      conclusion: run.status === 'completed' ? (run.conclusion ?? 'unknown') : 'pending',
      url: run.html_url ?? run.details_url ?? '',
      summary: (run.output?.title ?? run.output?.summary ?? '').slice(0, 300),
    })),
    ...combined.data.statuses.map((status) => ({
      name: status.context,
      conclusion: status.state,
      url: status.target_url ?? '',
      summary: (status.description ?? '').slice(0, 300),
    })),
  ].filter((one) => !OURS.test(one.name));
  return { conclusion: conclude(all.map((one) => one.conclusion)), runs: all };
}

function conclude(conclusions: string[]): Checks['conclusion'] {
  if (conclusions.length === 0) return 'none';
  if (conclusions.some((one) => FAILED.includes(one))) return 'failure';
  // Neutral and skipped ones do not stand in the way; anything that we do not know is not green.
  const fine = ['success', 'neutral', 'skipped'];
  return conclusions.every((one) => fine.includes(one)) ? 'success' : 'pending';
}

type RawCommit = Awaited<ReturnType<Octokit['repos']['listCommits']>>['data'][number];

function asCommit(raw: RawCommit): CommitSummary {
  return {
    sha: raw.sha,
    title: raw.commit.message.split('\n')[0] ?? '',
    author: raw.author?.login ?? raw.commit.author?.name ?? '',
    at: raw.commit.committer?.date ?? raw.commit.author?.date ?? '',
    url: raw.html_url,
  };
}
