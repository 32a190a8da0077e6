/** Commits, files and branches as GitHub's JSON. */
import type { CommitData } from '../commits.ts';
import type { FileChange } from '../diff.ts';
import type { Repo } from '../model.ts';
import { accountOfEmail } from '../people.ts';
import { repoApi, repoHtml, type Urls } from './shapes.ts';
import { accountJson, nodeId } from './users.ts';

const unsigned = { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null };

function userOf(world: Urls, email: string) {
  const found = accountOfEmail(email);
  return found ? accountJson(world, found) : null;
}

export function gitCommitJson(world: Urls, repo: Repo, commit: CommitData) {
  const api = `${repoApi(world, repo)}/git`;
  return {
    sha: commit.sha,
    node_id: nodeId('C', repo.id),
    url: `${api}/commits/${commit.sha}`,
    html_url: `${repoHtml(world, repo)}/commit/${commit.sha}`,
    author: commit.author,
    committer: commit.committer,
    tree: { sha: commit.tree, url: `${api}/trees/${commit.tree}` },
    message: commit.message,
    parents: commit.parents.map((sha) => parentJson(world, repo, sha)),
    verification: unsigned,
  };
}

function parentJson(world: Urls, repo: Repo, sha: string) {
  return { sha, url: `${repoApi(world, repo)}/commits/${sha}`, html_url: `${repoHtml(world, repo)}/commit/${sha}` };
}

export function commitJson(world: Urls, repo: Repo, commit: CommitData) {
  const git = gitCommitJson(world, repo, commit);
  return {
    sha: commit.sha,
    node_id: git.node_id,
    url: `${repoApi(world, repo)}/commits/${commit.sha}`,
    html_url: git.html_url,
    comments_url: `${repoApi(world, repo)}/commits/${commit.sha}/comments`,
    commit: {
      url: git.url,
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      tree: git.tree,
      comment_count: 0,
      verification: unsigned,
    },
    author: userOf(world, commit.author.email),
    committer: userOf(world, commit.committer.email),
    parents: git.parents,
  };
}

export function fileJson(world: Urls, repo: Repo, sha: string, file: FileChange) {
  const path = file.filename.split('/').map(encodeURIComponent).join('/');
  return {
    sha: file.sha,
    filename: file.filename,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${repoHtml(world, repo)}/blob/${sha}/${path}`,
    raw_url: `${repoHtml(world, repo)}/raw/${sha}/${path}`,
    contents_url: `${repoApi(world, repo)}/contents/${path}?ref=${sha}`,
    ...(file.patch === undefined ? {} : { patch: file.patch }),
    ...(file.previousFilename === undefined ? {} : { previous_filename: file.previousFilename }),
  };
}
