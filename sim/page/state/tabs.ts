/** The workspace's open tabs, counted by a lock that each of them holds while it lives. */
export interface Tabs {
  /**
   * Too many tabs for each to keep an event stream: a browser opens at most six connections to one HTTP server, and a
   * stream holds one of them for good.
   */
  crowded(): Promise<boolean>;
  /** This tab is no longer one of them. */
  leave(): void;
}

const prefix = 'workspace-tab-';
const room = 4;

export function countTabs(): Tabs {
  let leave = () => {};
  const stays = new Promise<void>((resolve) => {
    leave = resolve;
  });
  // Present wherever the page is served from the loopback address; without it nobody is counted.
  const locks: LockManager | undefined = navigator.locks;
  void locks?.request(prefix + crypto.randomUUID(), () => stays);
  return {
    async crowded() {
      const { held = [] } = (await locks?.query()) ?? {};
      return held.filter((lock) => lock.name?.startsWith(prefix)).length > room;
    },
    leave: () => leave(),
  };
}
