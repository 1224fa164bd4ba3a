// What processes tell each other about sockets.

import type { EventEnvelope, TransientEnvelope } from '../../contracts/events.js';

export type RealtimeMessage =
  | { readonly kind: 'event'; readonly envelope: EventEnvelope }
  | {
      readonly kind: 'transient';
      readonly envelope: TransientEnvelope;
      readonly exceptSocketId: string | null;
    }
  | { readonly kind: 'join'; readonly userId: string; readonly stream: string }
  | { readonly kind: 'leave'; readonly userId: string; readonly stream: string };
