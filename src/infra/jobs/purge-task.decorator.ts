/** Metadata of a purging method: the name of what it removes. */
export const PURGE_TASK = Symbol('PURGE_TASK');

/** Removes what need not be kept any more, in batches, until done or aborted; returns how many. */
export type PurgeMethod = (signal: AbortSignal) => Promise<number>;

/**
 * Makes a method of a provider part of the hourly purge.
 * @param subject what it removes, such as `jobs`; the key of its count in the purge's result
 */
export function PurgeTask(subject: string) {
  return <Method extends PurgeMethod>(
    _target: object,
    _key: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    if (descriptor.value) Reflect.defineMetadata(PURGE_TASK, subject, descriptor.value);
  };
}
