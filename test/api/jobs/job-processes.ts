// Processes that accept and run jobs, without the rest of Milepost: real PostgreSQL, real Redis, short times,
// and a handler that each test chooses.

import { ConsoleLogger, Injectable, type INestApplicationContext, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { ConfigModule } from '../../../src/app/config.module.js';
import { DatabaseModule } from '../../../src/app/database.module.js';
import { loadServiceConfig } from '../../../src/config/app-config.js';
import { JOB_NAMES, SCHEDULES } from '../../../src/contracts/jobs.js';
import { Database } from '../../../src/infra/database/database.js';
import { EventsModule } from '../../../src/infra/events/events.module.js';
import { HANDLES_JOB } from '../../../src/infra/jobs/handles-job.decorator.js';
import { DEFAULT_JOB_TIMINGS, JOB_TIMINGS, type JobTimings } from '../../../src/infra/jobs/job-timings.js';
import type { JobEntity } from '../../../src/infra/jobs/job.entity.js';
import { JobsRepository } from '../../../src/infra/jobs/jobs.repository.js';
import { JobsModule } from '../../../src/infra/jobs/jobs.module.js';
import type { JobHandler, JobOutcome, RunningJob } from '../../../src/infra/jobs/running-job.js';
import { WorkerJobsModule } from '../../../src/infra/jobs/worker-jobs.module.js';
import { RealtimeModule } from '../../../src/infra/realtime/realtime.module.js';
import { RedisModule } from '../../../src/infra/redis/redis.module.js';
import { databaseSettings, dropDatabase, migratedDatabase } from '../../support/test-database.js';
import { freshRedis } from '../../support/test-redis.js';

const QUICK: JobTimings = {
  ...DEFAULT_JOB_TIMINGS,
  relayMs: 40,
  staleMs: 1_500,
  wipeCheckMs: 100,
  leaseMs: 1_200,
  watchMs: 100,
  progressMs: 50,
  abortGraceMs: 150,
  drainMs: 100,
  closeMs: 1_000,
};

export interface JobProcess {
  readonly database: Database;
  get<Service>(token: Type<Service>): Service;
  close(): Promise<void>;
}

export interface JobServices {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  /** A process that only accepts jobs, like the API. */
  acceptor(): Promise<JobProcess>;
  /** A worker whose jobs, but the purge, all run `handler`. */
  worker(handler: JobHandler, timings?: Partial<JobTimings>): Promise<JobProcess>;
  /** Ends the workers that a test has left, whose handler would take the next test's jobs. */
  endWorkers(): Promise<void>;
  close(): Promise<void>;
}

const QUIET = new ConsoleLogger({
  logLevels: process.env['JOB_TEST_LOG'] ? ['debug', 'log', 'warn', 'error'] : [],
});

/**
 * A fresh database and Redis, and processes on them.
 * @param redisUrl of a Redis to use instead
 */
export async function startJobServices(redisUrl?: string): Promise<JobServices> {
  const services = { databaseUrl: await migratedDatabase(), redisUrl: redisUrl ?? (await freshRedis()) };
  const running: INestApplicationContext[] = [];
  const workers: JobProcess[] = [];
  const start = async (builder: ReturnType<typeof Test.createTestingModule>): Promise<JobProcess> => {
    const application = await builder.setLogger(QUIET).compile();
    await application.init();
    running.push(application);
    return {
      database: application.get(Database),
      get: (token) => application.get(token, { strict: false }),
      close: async () => {
        if (!running.includes(application)) return;
        running.splice(running.indexOf(application), 1);
        await application.close();
      },
    };
  };
  const common = [
    ConfigModule.with(
      loadServiceConfig({
        NODE_ENV: 'test',
        ...databaseSettings(services.databaseUrl),
        DATABASE_POOL_SIZE: '6',
        REDIS_URL: services.redisUrl,
        JWT_SECRET: 'not used by jobs',
      }),
    ),
    DatabaseModule,
    RedisModule,
    RealtimeModule,
    EventsModule,
    JobsModule,
  ];
  return {
    ...services,
    acceptor: () => start(Test.createTestingModule({ imports: common })),
    worker: async (handler, timings = {}) => {
      const worker = await start(
        Test.createTestingModule({
          imports: [...common, WorkerJobsModule],
          providers: [{ provide: HandlesAllJobs, useValue: new HandlesAllJobs(handler) }],
        })
          .overrideProvider(JOB_TIMINGS)
          .useValue({ ...QUICK, ...timings }),
      );
      workers.push(worker);
      return worker;
    },
    endWorkers: async () => {
      await Promise.all(workers.splice(0).map((worker) => worker.close()));
    },
    close: async () => {
      await Promise.all(running.map((application) => application.close()));
      await dropDatabase(services.databaseUrl);
    },
  };
}

@Injectable()
class HandlesAllJobs {
  constructor(private readonly handler: JobHandler) {}

  handle(job: RunningJob): Promise<JobOutcome> {
    // What comes by the clock is nothing that a test asked for.
    return job.name in SCHEDULES ? Promise.resolve({ result: { reminded: 0 } }) : this.handler(job);
  }
}
Reflect.defineMetadata(
  HANDLES_JOB,
  JOB_NAMES.filter((name) => name !== 'system.purge'),
  HandlesAllJobs.prototype.handle,
);

/** What a finished mail job gives. */
export const MAIL_SENT: JobOutcome = { result: { messageId: '<1@test>', sent: true } };

/** The row of a job as it stands. */
export function jobRow(database: Database, id: string): Promise<JobEntity | undefined> {
  return new JobsRepository(database).find(id, undefined);
}
