// How a feature hears which streams a socket of this process comes into and goes out of; presence is made of it.

export const ON_STREAMS_ENTERED = Symbol('ON_STREAMS_ENTERED');
export const ON_STREAMS_LEFT = Symbol('ON_STREAMS_LEFT');

export interface StreamVisit {
  readonly socketId: string;
  readonly userId: string;
  /** Names such as `room:{id}`; all at once at the connection and at its end, else the one joined or left. */
  readonly streams: readonly string[];
}

/** What it throws is logged; nobody waits for what it starts. */
export type StreamVisitMethod = (visit: StreamVisit) => void | Promise<void>;

/** Makes a provider's method hear of each socket of this process that comes into streams. */
export function OnStreamsEntered() {
  return hook(ON_STREAMS_ENTERED);
}

/** Makes a provider's method hear of each socket of this process that leaves streams, or is gone. */
export function OnStreamsLeft() {
  return hook(ON_STREAMS_LEFT);
}

function hook(metadata: symbol) {
  return (
    _target: object,
    _key: string | symbol,
    descriptor: TypedPropertyDescriptor<StreamVisitMethod>,
  ): void => {
    if (descriptor.value) Reflect.defineMetadata(metadata, true, descriptor.value);
  };
}
