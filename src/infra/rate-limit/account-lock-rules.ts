// The numbers of the account lock, in milliseconds.

export const LOCK_WINDOW_MS = 60_000;
/** The wait after the first lock; each further failure doubles it. */
export const FIRST_DELAY_MS = 60_000;
export const LONGEST_DELAY_MS = 900_000;
/** How long a lock remembers how often it fell. */
export const LOCK_MEMORY_MS = 3_600_000;
