/** What a caller did wrong. `status` is the HTTP answer. */
export class Refusal extends Error {
  constructor(message, status = 422) {
    super(message);
    this.status = status;
  }
}

/**
 * A double-entry book in memory. Every transfer takes from one account what it gives to another, so the sum of all
 * balances is zero at any time. A transfer with a key that was seen before is the same transfer, not a second one.
 */
export function createBook(accountList) {
  const accounts = new Map(accountList.map((account) => [account.id, { ...account, balanceCents: 0 }]));
  const transfers = new Map();

  function account(id) {
    const found = accounts.get(id);
    if (!found) throw new Refusal(`there is no account "${id}"`);
    return found;
  }

  function transfer({ key, from, to, amountCents }) {
    if (typeof key !== 'string' || key === '') throw new Refusal('a transfer needs a key');
    if (!Number.isInteger(amountCents) || amountCents <= 0) throw new Refusal('the amount must be whole cents above zero');
    if (from === to) throw new Refusal('a transfer needs two accounts');
    const source = account(from);
    const target = account(to);
    const entry = { key, from, to, amountCents };
    const known = transfers.get(key);
    if (known) {
      if (JSON.stringify(known) !== JSON.stringify(entry)) throw new Refusal('this key belongs to another transfer', 409);
      return { ...known, repeated: true };
    }
    source.balanceCents -= amountCents;
    target.balanceCents += amountCents;
    transfers.set(key, entry);
    return { ...entry, repeated: false };
  }

  return {
    transfer,
    balances: () => [...accounts.values()].map((one) => ({ ...one })),
    transfers: () => [...transfers.values()],
  };
}
