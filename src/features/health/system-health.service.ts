// How all of Milepost is doing, other processes included: for people and monitors.

import { connect } from 'node:net';
import { Inject, Injectable } from '@nestjs/common';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';
import { JobsStatistics } from '../../infra/jobs/jobs-statistics.js';
import type { SystemHealth } from './health.dto.js';
import { probe, shared } from './probe.js';
import { ReadinessService } from './readiness.service.js';

const TIMEOUT_MS = 1_500;
const CACHED_MS = 1_000;

@Injectable()
export class SystemHealthService {
  constructor(
    private readonly readiness: ReadinessService,
    private readonly jobs: JobsStatistics,
    @Inject(CONFIG) private readonly config: ServiceConfig,
  ) {}

  /** The state of every part, at most a second old. */
  readonly check = shared(() => this.checkNow(), CACHED_MS);

  private async checkNow(): Promise<SystemHealth> {
    const [ready, worker, mail, queues] = await Promise.all([
      this.readiness.check(),
      probe(async () => (await this.jobs.workers()) > 0, TIMEOUT_MS),
      probe(() => this.reachMailServer(), TIMEOUT_MS),
      this.queues(),
    ]);
    const { database, redis } = ready.checks;
    const complete = [database, redis, worker, mail].every((state) => state === 'up');
    const status = ready.status === 'ok' && !complete ? 'degraded' : ready.status;
    return { status, database, redis, worker, mail, queues };
  }

  private async queues(): Promise<SystemHealth['queues']> {
    let queues: SystemHealth['queues'] = {};
    await probe(async () => {
      queues = await this.jobs.queues();
    }, TIMEOUT_MS);
    return queues;
  }

  /** Without a mail server mails go to the built-in mailbox, which is as well as the database is. */
  private reachMailServer(): Promise<void> {
    const { smtp } = this.config.mail;
    if (!smtp) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const socket = connect({ host: smtp.host, port: smtp.port, timeout: TIMEOUT_MS });
      socket
        .once('connect', resolve)
        .once('error', reject)
        .once('timeout', () => reject(new Error('timeout')));
      socket.once('connect', () => socket.destroy()).once('timeout', () => socket.destroy());
    });
  }
}
