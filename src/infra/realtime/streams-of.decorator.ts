/** Metadata of a method that names streams. */
export const STREAMS_OF = Symbol('STREAMS_OF');

/** The names of the streams that the sockets of `userId` are in. */
export type StreamsOfMethod = (userId: string) => Promise<readonly string[]>;

/**
 * Makes a provider's method name the streams a user's sockets are in from the connection on, such as
 * `room:{id}`; asked for at every connection, and again when Redis was away.
 */
export function StreamsOf() {
  return (
    _target: object,
    _key: string | symbol,
    descriptor: TypedPropertyDescriptor<StreamsOfMethod>,
  ): void => {
    if (descriptor.value) Reflect.defineMetadata(STREAMS_OF, true, descriptor.value);
  };
}
