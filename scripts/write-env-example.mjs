// Writes .env.example from the table of settings. Needs a build.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderEnvExample } from '../dist/config/env-example.js';

writeFileSync(join(import.meta.dirname, '..', '.env.example'), renderEnvExample());
