/** Metadata of a counting method: what it counts. */
export const COUNTS = Symbol('COUNTS');

/** What administrators see counted; bytes for `fileBytes`. */
export const COUNTED = [
  'users',
  'activeSessions',
  'apiKeys',
  'tasks',
  'messages',
  'files',
  'fileBytes',
  'models',
] as const;
export type Counted = (typeof COUNTED)[number];

/** Makes a method of a provider, which gives a number, the source of one line of the statistics. */
export function Counts(subject: Counted) {
  return <Method extends () => Promise<number>>(
    _target: object,
    _key: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    if (descriptor.value) Reflect.defineMetadata(COUNTS, subject, descriptor.value);
  };
}
