import type { EraseMethod, ErasePhase } from './erased-user.js';

/** Metadata of an erasing method: an ErasesUserMetadata. */
export const ERASES_USER = Symbol('ERASES_USER');

export interface ErasesUserMetadata {
  readonly subject: string;
  readonly phase: ErasePhase;
}

/**
 * Makes a method of a provider part of removing an account. Tables that refer to `users` with ON DELETE CASCADE
 * need none; this is for what refers to a user in another way.
 * @param subject what it removes, such as `jobs`; the key of its count
 */
export function ErasesUser(subject: string, phase: ErasePhase = 'before_account') {
  return <Method extends EraseMethod>(
    _target: object,
    _key: string | symbol,
    descriptor: TypedPropertyDescriptor<Method>,
  ): void => {
    const metadata: ErasesUserMetadata = { subject, phase };
    if (descriptor.value) Reflect.defineMetadata(ERASES_USER, metadata, descriptor.value);
  };
}
