/**
 * `timed_out`: longer than it may. `out_of_memory`: more memory than it may have. `failed`: it said so.
 * `crashed`: it ended without a word.
 */
export type ChildFailureReason = 'timed_out' | 'out_of_memory' | 'failed' | 'crashed';

/** A child process that ended without a result. The message is for the log: it may hold paths. */
export class ChildFailure extends Error {
  constructor(
    readonly reason: ChildFailureReason,
    detail: string,
    /** The end of what it wrote to its standard error. */
    readonly stderr = '',
  ) {
    super(stderr === '' ? `${reason}: ${detail}` : `${reason}: ${detail}\n${stderr}`);
    this.name = 'ChildFailure';
  }
}
