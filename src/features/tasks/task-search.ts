// What it means that a task matches a search: each word of the query is the beginning of a word of the
// task, whatever the case. Words are cut here and not by PostgreSQL, so that the answer does not depend on
// the locale of the database or on what its parser takes for a host name.

/** Longer words are cut: nobody types more of one, and PostgreSQL takes 2 kB at most. */
const MAX_WORD_LENGTH = 64;
const WORD = /[\p{L}\p{M}\p{N}_]+/gu;

/** The distinct words of the given texts, in lower case. */
export function searchWords(...texts: string[]): string[] {
  const words = texts.flatMap((text) => text.normalize('NFKC').toLowerCase().match(WORD) ?? []);
  return [...new Set(words.map((word) => [...word].slice(0, MAX_WORD_LENGTH).join('')))];
}

/**
 * The tsquery for what a person typed; null when it has no word and so leaves nothing out.
 * Source: https://www.postgresql.org/docs/current/datatype-textsearch.html (prefix matching).
 */
export function searchQuery(text: string): string | null {
  const words = searchWords(text);
  // Words hold letters, marks, digits and underscores only, so nothing in them can end the quotes.
  return words.length === 0 ? null : words.map((word) => `'${word}':*`).join(' & ');
}
