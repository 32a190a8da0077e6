import type { ClientEvent } from '../../slack/client-api.ts';

interface StreamOptions {
  as: string;
  onEvent: (event: ClientEvent) => void;
  /** The stream is up again after a gap, or lost. */
  onChange: (online: boolean) => void;
}

/** The stream of what happens in the workspace. It comes back by itself; whoever listens closes the gaps. */
export function createStream({ as, onEvent, onChange }: StreamOptions) {
  let source: EventSource | undefined;

  /** Resolves when the stream is up or was refused. */
  function open(): Promise<void> {
    return new Promise((resolve) => {
      const mine = new EventSource(`/client/events?as=${encodeURIComponent(as)}`);
      source = mine;
      mine.onmessage = (message) => onEvent(JSON.parse(message.data as string) as ClientEvent);
      mine.onerror = () => {
        resolve();
        onChange(false);
        // A refused stream is not retried by the browser itself.
        if (mine.readyState === EventSource.CLOSED) setTimeout(() => source === mine && open(), 2000);
      };
      mine.onopen = () => {
        resolve();
        onChange(true);
      };
    });
  }

  return {
    open,
    isOpen: () => source !== undefined,
    close() {
      source?.close();
      source = undefined;
    },
  };
}
