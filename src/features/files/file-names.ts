// Which names a file may have. A name is only ever shown and sent back, never a path: bytes are stored under a
// random key. What would look like something else than it is, is refused and not repaired in silence.

import { invalidField } from '../../common/errors/app-error.js';

export const MAX_FILENAME_LENGTH = 255;

// Control characters, line and paragraph separators, and halves of a surrogate pair.
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u2028\u2029]/u;
// They turn the reading order, so that `exe.fdp` can be read as `pdf.exe` (Unicode TR36, section 3.2).
const BIDI_CONTROLS = /[\u202A-\u202E\u2066-\u2069]/u;

/**
 * The name under which a file is kept: the last part of `raw`, whichever slash its directories came with,
 * without the spaces around it.
 * @throws AppError validation_failed about `filename` when it is empty, `.` or `..`, has more than 255 code
 *   points, or holds control or bidirectional formatting characters
 */
export function cleanFilename(raw: string): string {
  if (UNPRINTABLE.test(raw)) throw invalidField('filename', 'holds a control character');
  if (BIDI_CONTROLS.test(raw))
    throw invalidField('filename', 'holds a character that turns the reading order');
  const name = (raw.split(/[/\\]/).at(-1) ?? '').trim();
  if (name === '' || name === '.' || name === '..')
    throw invalidField('filename', 'is not the name of a file');
  if ([...name].length > MAX_FILENAME_LENGTH) {
    throw invalidField('filename', `may have at most ${MAX_FILENAME_LENGTH} characters`);
  }
  return name;
}
