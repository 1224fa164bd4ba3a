// Tells whom a presented key stands for. A key that this process knows costs no SQL and no Redis; one that it
// does not know costs one statement. Changes of keys and users come by the feed of access changes.

import { Injectable } from '@nestjs/common';
import type { Principal } from '../../common/auth/principal.js';
import { AppError } from '../../common/errors/app-error.js';
import { currentContext } from '../../common/request-context/request-context.js';
import type { AccessChange } from '../../infra/access-changes/access-change.js';
import { AccessChanges } from '../../infra/access-changes/access-changes.js';
import { hashOfApiKey, isApiKey } from './api-key-format.js';
import { ApiKeyUsage } from './api-key-usage.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { KnownApiKeys, type KnownApiKey } from './known-api-keys.js';

@Injectable()
export class ApiKeyCredentials {
  private readonly known = new KnownApiKeys();
  private readonly reading = new Map<string, Promise<KnownApiKey | null>>();
  private changes = 0;
  private listening = false;

  constructor(
    private readonly repository: ApiKeysRepository,
    private readonly accessChanges: AccessChanges,
    private readonly usage: ApiKeyUsage,
  ) {}

  /**
   * Verifies a presented key and counts its use.
   * @throws AppError api_key_invalid, api_key_expired, api_key_revoked, credential_account_inactive;
   *   service_unavailable when the database does not answer
   */
  async verify(key: string): Promise<Principal> {
    if (!isApiKey(key)) throw new AppError('api_key_invalid');
    this.listen();
    await this.accessChanges.ensureFresh();
    const found = await this.find(hashOfApiKey(key));
    const now = this.accessChanges.now();
    requireUsable(found, now);
    this.usage.saw(found.id, currentContext()?.ip ?? '', now);
    return {
      kind: 'api_key',
      userId: found.userId,
      role: found.role,
      tier: found.tier,
      sessionId: null,
      apiKeyId: found.id,
      scopes: found.scopes,
      expiresAt: found.expiresAt,
    };
  }

  /** From the first key on, so that a process that verifies none reads no changes for it. */
  private listen(): void {
    if (this.listening) return;
    this.listening = true;
    this.accessChanges.onChange((change) => this.takeIn(change));
  }

  private takeIn(change: AccessChange): void {
    if (change.kind === 'session_revoked') return;
    this.known.forgetUser(change.userId);
    // What is being read may be from before the change: nobody else waits for it, and it is not kept.
    this.reading.clear();
    this.changes += 1;
  }

  private async find(keyHash: Buffer): Promise<KnownApiKey | null> {
    const hash = keyHash.toString('base64');
    const known = this.known.find(hash, performance.now());
    if (known !== undefined) return known;
    const running = this.reading.get(hash);
    if (running) return running;
    const reading = this.read(hash, keyHash);
    this.reading.set(hash, reading);
    try {
      return await reading;
    } finally {
      if (this.reading.get(hash) === reading) this.reading.delete(hash);
    }
  }

  private async read(hash: string, keyHash: Buffer): Promise<KnownApiKey | null> {
    const startedAt = performance.now();
    const changesBefore = this.changes;
    const key = await this.repository.findCredential(keyHash);
    if (changesBefore === this.changes) this.known.add(hash, key, startedAt);
    return key;
  }
}

function requireUsable(key: KnownApiKey | null, now: number): asserts key is KnownApiKey {
  if (!key) throw new AppError('api_key_invalid');
  // Whoever asked for the deletion of their account wants their keys to stop.
  if (key.state === 'revoked' || key.userIsLeaving) throw new AppError('api_key_revoked');
  if (!key.userIsActive) throw new AppError('credential_account_inactive');
  if (key.state === 'expired' || (key.expiresAt !== null && key.expiresAt.getTime() <= now)) {
    throw new AppError('api_key_expired');
  }
}
