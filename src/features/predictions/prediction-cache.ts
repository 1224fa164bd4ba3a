// Results of predictions in Redis. The key of a result holds the revision of its model, and which revision counts
// stands in the model's head: one script reads both, so a hit costs one round trip and a change of the model puts
// all results out of reach at once. The same script takes the note from which the history of a hit is written.

import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import { RedisConnections } from '../../infra/redis/redis-connections.js';
import { RedisScript } from '../../infra/redis/redis-script.js';
import { HEAD_LIFETIME_MS, headKey, ModelHeads, partOf } from '../models/model-heads.js';
import type { VersionSelector } from '../models/models.dto.js';
import type { ModelRow } from '../models/model.entity.js';

const RESULT_LIFETIME_MS = 3_600_000;
/** After it, what a process that died was computing is computed by another one. */
const LOCK_LIFETIME_MS = 10_000;
/** Longer results are computed anew: they would fill Redis. In UTF-16 units. */
const LONGEST_RESULT = 256 * 1_024;
/** Notes of hits that are not in the database yet, for a part of the models: id to note, number and result, a line each. */
export function notesKey(part: string): string {
  return `prediction-notes:${part}`;
}

/**
 * KEYS head, notes, beginning of result keys; ARGV user, alias field, number (or empty), hash, id, note (or empty).
 * Gives nothing when the head does not let this user in, the revision alone on a miss.
 */
const LOOK_UP = new RedisScript(`
local head = redis.call('HMGET', KEYS[1], 'revision', 'owner', 'visibility', ARGV[2])
local revision, owner, visibility = head[1], head[2], head[3]
if not revision or owner == '' then return {} end
if owner ~= ARGV[1] and visibility ~= 'public' then return {} end
local number = ARGV[3]
if number == '' then number = head[4] end
if not number then return { revision } end
local scope = visibility == 'public' and 'public' or owner
local result = redis.call('GET', KEYS[3] .. revision .. ':' .. number .. ':' .. scope .. ':' .. ARGV[4])
if not result then return { revision } end
if ARGV[6] ~= '' then
  redis.call('HSET', KEYS[2], ARGV[5], ARGV[6] .. '\\n' .. number .. '\\n' .. result)
end
return { revision, number, result }`);

/** KEYS head, result; ARGV revision, lifetime, owner, visibility, alias field, number, … */
const OFFER = new RedisScript(`
local known = tonumber(redis.call('HGET', KEYS[1], 'revision') or '0')
if known <= tonumber(ARGV[1]) then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'revision', ARGV[1], 'owner', ARGV[3], 'visibility', ARGV[4], unpack(ARGV, 5))
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return redis.call('GET', KEYS[2])`);

/** KEYS result, lock; ARGV token, lifetime. */
const CLAIM = new RedisScript(`
local result = redis.call('GET', KEYS[1])
if result then return { 'kept', result } end
if redis.call('SET', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return { 'compute' } end
return { 'wait' }`);

/** KEYS result, lock; ARGV token, result (or empty), lifetime. */
const SETTLE = new RedisScript(`
if ARGV[2] ~= '' then redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end
if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('DEL', KEYS[2]) end
return 1`);

export type Claim =
  | { readonly kind: 'kept'; readonly result: string }
  | { readonly kind: 'compute' }
  /** Somebody else computes it. */
  | { readonly kind: 'wait' };

export interface Question {
  readonly id: string;
  readonly userId: string;
  readonly modelId: string;
  readonly selector: VersionSelector;
  /** Of the rows, see hashOf(). */
  readonly hash: string;
}

export type Finding =
  | { readonly kind: 'hit'; readonly number: number; readonly result: string }
  /** Nothing is kept under this revision. */
  | { readonly kind: 'miss'; readonly revision: number }
  /** The database has to say first what counts. */
  | { readonly kind: 'unknown' }
  /** Redis is away or not to be used. */
  | { readonly kind: 'off' };

@Injectable()
export class PredictionCache {
  private readonly logger = new Logger(PredictionCache.name);

  constructor(
    @Inject(CONFIG) private readonly config: ServiceConfig,
    private readonly connections: RedisConnections,
    private readonly heads: ModelHeads,
  ) {}

  /**
   * Looks for a result that this user may have: one round trip.
   * @param note kept under the question's id together with a hit; empty for none
   */
  async lookUp(question: Question, note: string): Promise<Finding> {
    const { id, userId, modelId, selector, hash } = question;
    if (!this.config.cacheEnabled || !this.heads.isTrusted(modelId)) return { kind: 'off' };
    const alias = typeof selector === 'string' ? aliasField(selector) : '';
    const number = typeof selector === 'number' ? selector : '';
    const keys = [headKey(modelId), notesKey(partOf(modelId)), prefix(modelId)];
    const found = await this.ask(LOOK_UP, keys, [userId, alias, number, hash, id, note]);
    if (!found) return { kind: 'off' };
    const [revision, foundNumber, result] = found.answer as string[];
    if (revision === undefined) return { kind: 'unknown' };
    if (foundNumber === undefined || result === undefined)
      return { kind: 'miss', revision: Number(revision) };
    return { kind: 'hit', number: Number(foundNumber), result };
  }

  /**
   * Tells all processes what the database says of a model, unless they know something newer.
   * @returns the result under `key`, if there is one
   */
  async offer(model: ModelRow, key: string): Promise<string | undefined> {
    const aliases = Object.entries(model.aliases).flatMap(([name, number]) => [aliasField(name), number]);
    const { id, revision, ownerId, visibility } = model;
    const values = [revision, HEAD_LIFETIME_MS, ownerId, visibility, ...aliases];
    const found = await this.ask(OFFER, [headKey(id), key], values);
    return (found?.answer as string | null | undefined) ?? undefined;
  }

  /** Where the result of a version is kept, for everybody who may ask the model as it is. */
  keyOf(model: ModelRow, number: number, hash: string): string {
    const scope = model.visibility === 'public' ? 'public' : model.ownerId;
    return `${prefix(model.id)}${model.revision}:${number}:${scope}:${hash}`;
  }

  /**
   * The result under `key`; if there is none, whether the caller or somebody else is to compute it.
   * @param token the caller's own, for settle()
   */
  async claim(key: string, token: string): Promise<Claim> {
    const found = await this.ask(CLAIM, [key, lockOf(key)], [token, LOCK_LIFETIME_MS]);
    // Without Redis there is nobody to wait for.
    if (!found) return { kind: 'compute' };
    const [kind, result] = found.answer as string[];
    if (kind === 'kept' && result !== undefined) return { kind, result };
    return { kind: kind === 'wait' ? 'wait' : 'compute' };
  }

  /**
   * Ends what claim() gave: keeps the result for an hour, if there is one and it is not too long. Never rejects.
   * @param result empty for none
   */
  async settle(key: string, token: string, result: string): Promise<void> {
    const kept = result.length > LONGEST_RESULT ? '' : result;
    await this.ask(SETTLE, [key, lockOf(key)], [token, kept, RESULT_LIFETIME_MS]);
  }

  /** Undefined when Redis is away. */
  private async ask(script: RedisScript, keys: readonly string[], values: readonly (string | number)[]) {
    try {
      return { answer: await script.run(this.connections.cache, keys, values) };
    } catch (error) {
      this.logger.debug({ reason: String(error) }, 'the cache of predictions was not asked');
      return undefined;
    }
  }
}

function lockOf(key: string): string {
  return `${key}:lock`;
}

function prefix(modelId: string): string {
  return `prediction:${partOf(modelId)}:${modelId}:`;
}

function aliasField(name: string): string {
  return `alias:${name}`;
}
