// What the tabs of one browser tell each other, so that one of them refreshes for all and signing out ends all.

export type TabMessage = 'signed-in' | 'refreshed' | 'signed-out';

const NAME = 'milepost-session';

/** Outside a browser there is nobody to tell, and nobody to wait for. */
const inBrowser = typeof document !== 'undefined';

export class TabChannel {
  private readonly channel = inBrowser ? new BroadcastChannel(NAME) : undefined;

  /** @param heard what another tab has told */
  constructor(heard: (message: TabMessage) => void) {
    this.channel?.addEventListener('message', (event: MessageEvent<TabMessage>) => heard(event.data));
  }

  tell(message: TabMessage): void {
    this.channel?.postMessage(message);
  }

  /** Runs `work` when no other tab runs such work. */
  alone<Value>(work: () => Promise<Value>): Promise<Value> {
    return inBrowser && 'locks' in navigator ? navigator.locks.request(NAME, work) : work();
  }

  close(): void {
    this.channel?.close();
  }
}
