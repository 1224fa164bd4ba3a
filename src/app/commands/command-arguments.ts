// Reading what stands on the command line, beyond what the parser of options does.

import { UsageError } from './cli-command.js';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const LARGEST = 1_000_000;

export function isUuid(text: string): boolean {
  return UUID.test(text);
}

/** @throws UsageError when `text` is no id */
export function idArgument(text: string | undefined): string {
  if (text !== undefined && isUuid(text)) return text;
  throw new UsageError(`${JSON.stringify(text ?? '')} is not an id.`);
}

/** @throws UsageError when `text` is no whole number from 1 on */
export function countOption(text: string): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= LARGEST) return count;
  throw new UsageError(`${JSON.stringify(text)} is not a number from 1 to ${LARGEST}.`);
}
