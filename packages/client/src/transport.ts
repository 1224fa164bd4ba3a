// Sends a request until it has its answer: credentials, time-outs, a refresh after 401, and repeats that do
// nothing twice. A POST carries an Idempotency-Key, so that its repeat gets the first answer again.

import type { MilepostError } from './problem.js';
import { networkError, problemOf } from './problem.js';
import type { Session } from './session.js';

export interface TransportOptions {
  /** For one attempt, in milliseconds; default 30,000. */
  readonly timeoutMs?: number;
  /** Default 5. */
  readonly attempts?: number;
  /** What `Retry-After` may ask for at most before the refusal is the caller's, in milliseconds; default 30,000. */
  readonly patienceMs?: number;
}

const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);
/** Of a server or a proxy that has lost what is behind it. */
const UNCERTAIN = new Set([502, 503, 504]);
/** Its POSTs know no Idempotency-Key: a password is not changed twice. */
const WITHOUT_KEYS = '/api/v1/auth/';
const FIRST_PAUSE = 250;

export class Transport {
  private readonly timeoutMs: number;
  private readonly attempts: number;
  private readonly patienceMs: number;

  constructor(
    private readonly session: Session,
    private readonly fetch: typeof globalThis.fetch,
    options: TransportOptions = {},
  ) {
    this.timeoutMs = options.timeoutMs ?? 30_000;
    this.attempts = options.attempts ?? 5;
    this.patienceMs = options.patienceMs ?? 30_000;
  }

  /**
   * The answer to `request`, when it is a 2xx or 304.
   * @throws MilepostError with the server's code, or `network_error`
   */
  readonly send = async (request: Request): Promise<Response> => {
    if (takesKey(request) && !request.headers.has('idempotency-key')) {
      request.headers.set('idempotency-key', crypto.randomUUID());
    }
    let refreshed = false;
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.attempt(request);
      if (outcome instanceof Response && (outcome.ok || outcome.status === 304)) return outcome;
      const error = outcome instanceof Response ? await problemOf(outcome) : outcome;
      request.signal.throwIfAborted();
      if (error.status === 401 && !refreshed && (await this.session.refresh())) {
        refreshed = true;
        continue;
      }
      const wait = attempt < this.attempts ? this.pause(request, outcome, error, attempt) : undefined;
      if (wait === undefined) throw error;
      await pauseFor(wait, request.signal);
    }
  };

  private async attempt(request: Request): Promise<Response | MilepostError> {
    const copy = request.clone();
    for (const [name, value] of Object.entries(this.session.headers())) copy.headers.set(name, value);
    try {
      const signal = AbortSignal.any([request.signal, AbortSignal.timeout(this.timeoutMs)]);
      return await this.fetch(copy, { signal, credentials: 'same-origin' });
    } catch (error) {
      return networkError(error);
    }
  }

  /** Milliseconds until the next attempt; undefined when repeating is wrong or would take too long. */
  private pause(
    request: Request,
    outcome: Response | MilepostError,
    error: MilepostError,
    attempt: number,
  ): number | undefined {
    if (outcome instanceof Response) {
      const asked = Number(outcome.headers.get('retry-after') ?? 0) * 1_000;
      // After these the server has done nothing; after the others nobody knows.
      const refused = outcome.status === 429 || error.code === 'idempotency_in_progress';
      if (!refused && !(UNCERTAIN.has(outcome.status) && isRepeatable(request))) return undefined;
      return asked > this.patienceMs ? undefined : Math.max(asked, backoff(attempt));
    }
    return isRepeatable(request) ? backoff(attempt) : undefined;
  }
}

function takesKey(request: Request): boolean {
  return request.method === 'POST' && !new URL(request.url).pathname.startsWith(WITHOUT_KEYS);
}

/** Whether sending it a second time does nothing a second time. */
function isRepeatable(request: Request): boolean {
  return REPEATABLE.has(request.method) || request.headers.has('idempotency-key');
}

/** Doubles, and scatters, so that many clients do not come back at the same moment. */
function backoff(attempt: number): number {
  return FIRST_PAUSE * 2 ** (attempt - 1) * (0.5 + Math.random());
}

function pauseFor(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal.addEventListener('abort', stop, { once: true });
  });
}
