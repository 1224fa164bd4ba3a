// Whose traces are removed when an account goes for good.

export interface ErasedUser {
  readonly id: string;
  /** The address at the time of the removal. */
  readonly email: string | null;
}

/** Removes what belongs to one user, in the open transaction; returns how many things. */
export type EraseMethod = (user: ErasedUser) => Promise<number>;

/**
 * `before_account`: while the user's row is still there, locked. `after_account`: when it and everything that
 * refers to it has gone; for what others lock last, such as the event stream.
 */
export type ErasePhase = 'before_account' | 'after_account';
