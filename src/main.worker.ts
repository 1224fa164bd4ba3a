// The worker process: runs background jobs, serves no HTTP.

import 'reflect-metadata';
import { createWorker } from './app/create-worker.js';
import { runProcess } from './app/run-process.js';

await runProcess(createWorker);
