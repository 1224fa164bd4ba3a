// Results of predictions in Redis. The key of a result holds the revision of its model, and which revision counts
// stands in the model's head: one script reads both, so a hit costs one round trip and a change of the model puts
// all results out of reach at once. The same script takes the note from which the history of a hit is written.

import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import { RedisConnections } from '../../infra/redis/redis-connections.js';
import { RedisScript } from '../../infra/redis/redis-script.js';
import { HEAD_LIFETIME_MS, headKey, ModelHeads } from '../models/model-heads.js';
import type { VersionSelector } from '../models/models.dto.js';
import type { ModelRow } from '../models/model.entity.js';

const RESULT_LIFETIME_MS = 3_600_000;
/** Longer results are computed anew: they would fill Redis. In UTF-16 units. */
const LONGEST_RESULT = 256 * 1_024;
/** Notes of hits that are not in the database yet: id to note, number and result, a line each. */
export const NOTES_KEY = 'prediction-notes';

/**
 * KEYS head, notes; ARGV user, alias field, number (or empty), beginning of result keys, hash, id, note (or empty).
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
local result = redis.call('GET', ARGV[4] .. revision .. ':' .. number .. ':' .. scope .. ':' .. ARGV[5])
if not result then return { revision } end
if ARGV[7] ~= '' then
  redis.call('HSET', KEYS[2], ARGV[6], ARGV[7] .. '\\n' .. number .. '\\n' .. result)
end
return { revision, number, result }`);

/** KEYS head; ARGV revision, lifetime, owner, visibility, result key, alias field, number, … */
const OFFER = new RedisScript(`
local known = tonumber(redis.call('HGET', KEYS[1], 'revision') or '0')
if known <= tonumber(ARGV[1]) then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'revision', ARGV[1], 'owner', ARGV[3], 'visibility', ARGV[4], unpack(ARGV, 6))
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
return redis.call('GET', ARGV[5])`);

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
    const keys = [headKey(modelId), NOTES_KEY];
    const found = await this.ask(LOOK_UP, keys, [userId, alias, number, prefix(modelId), hash, id, note]);
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
    const values = [revision, HEAD_LIFETIME_MS, ownerId, visibility, key, ...aliases];
    const found = await this.ask(OFFER, [headKey(id)], values);
    return (found?.answer as string | null | undefined) ?? undefined;
  }

  /** Where the result of a version is kept, for everybody who may ask the model as it is. */
  keyOf(model: ModelRow, number: number, hash: string): string {
    const scope = model.visibility === 'public' ? 'public' : model.ownerId;
    return `${prefix(model.id)}${model.revision}:${number}:${scope}:${hash}`;
  }

  /** The result under `key`, if there is one. */
  async read(key: string): Promise<string | undefined> {
    return (await this.connections.cache.get(key).catch(() => null)) ?? undefined;
  }

  /** Keeps a result for an hour, if it is not too long. Never rejects. */
  async store(key: string, result: string): Promise<void> {
    if (!this.config.cacheEnabled || result.length > LONGEST_RESULT) return;
    await this.connections.cache
      .set(key, result, 'PX', RESULT_LIFETIME_MS)
      .catch((error: unknown) => this.logger.debug({ reason: String(error) }, 'a result was not kept'));
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

function prefix(modelId: string): string {
  return `prediction:${modelId}:`;
}

function aliasField(name: string): string {
  return `alias:${name}`;
}
