import { z } from 'zod';

const state = z.enum(['up', 'down']);
export type State = z.infer<typeof state>;

export const liveSchema = z.object({ status: z.literal('ok') }).meta({ id: 'Liveness' });

// `degraded`: requests work, though something behind them is away.
const status = z.enum(['ok', 'degraded', 'unavailable']);

export const readySchema = z
  .object({ status, checks: z.object({ database: state, redis: state, storage: state, migrations: state }) })
  .meta({ id: 'Readiness' });
export type Readiness = z.infer<typeof readySchema>;

const queue = z.object({
  waiting: z.int(),
  active: z.int(),
  failed: z.int(),
  oldestWaitingSeconds: z.number(),
});

export const systemHealthSchema = z
  .object({
    status,
    database: state,
    redis: state,
    worker: state,
    mail: state,
    queues: z.record(z.string(), queue),
  })
  .meta({ id: 'SystemHealth' });
export type SystemHealth = z.infer<typeof systemHealthSchema>;
