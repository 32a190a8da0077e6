/** The accounts of the stand-in: the bot, GitHub's own Actions account, and the people of the local workspace. */
export interface Account {
  login: string;
  id: number;
  name: string;
  email: string;
  type: 'User' | 'Bot';
  /** `read` may look, comment and review; `write` may push, label, merge and be asked for a review. */
  access: 'read' | 'write';
}

export const bot: Account = {
  login: 'lockstep[bot]',
  id: 4_100_001,
  name: 'Lockstep',
  email: '4100001+lockstep[bot]@users.noreply.github.com',
  type: 'Bot',
  access: 'write',
};

export const actions: Account = {
  login: 'github-actions[bot]',
  id: 41_898_282,
  name: 'GitHub Actions',
  email: '41898282+github-actions[bot]@users.noreply.github.com',
  type: 'Bot',
  access: 'write',
};

/** Olga is outside the team: she can read and comment, and nothing that she approves counts. */
export const people: readonly Account[] = [
  person('priya', 4_200_001, 'Priya Patel', 'write'),
  person('emil', 4_200_002, 'Emil Larsen', 'write'),
  person('rosa', 4_200_003, 'Rosa Marin', 'write'),
  person('remo', 4_200_004, 'Remo Keller', 'write'),
  person('olga', 4_200_005, 'Olga Novak', 'read'),
];

function person(login: string, id: number, name: string, access: Account['access']): Account {
  return { login, id, name, email: `${login}@example.com`, type: 'User', access };
}

export const everybody: readonly Account[] = [bot, actions, ...people];

/** The account of a login; unknown logins (authors of mirrored history) get a harmless one without rights. */
export function account(login: string): Account {
  return (
    everybody.find((one) => one.login.toLowerCase() === login.toLowerCase()) ?? {
      ...person(login, 1, login, 'read'),
    }
  );
}

/** Whose token this is: the bot's own, or `sim-<login>` for a person. */
export function accountOfToken(token: string, botToken: string): Account | null {
  if (token === botToken) return bot;
  return people.find((one) => token === `sim-${one.login}`) ?? null;
}

/** The account behind a commit's e-mail address, when there is one. */
export function accountOfEmail(email: string): Account | null {
  return everybody.find((one) => one.email.toLowerCase() === email.toLowerCase()) ?? null;
}
