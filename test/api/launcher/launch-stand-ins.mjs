// The launcher with stand-ins for the API, the worker and the migrations: what is tested is the launcher.
// Arguments: data directory, port.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const [dataDirectory, port] = process.argv.slice(2);
const launcher = pathToFileURL(join(process.cwd(), 'dist/local/run-launcher.js')).href;
const { runLauncher } = await import(launcher);
const standIn = join(import.meta.dirname, 'stand-in.mjs');

const code = await runLauncher({
  programs: { api: standIn, worker: standIn, cli: standIn },
  variables: { ...process.env, PORT: port },
  dataDirectory,
  host: '127.0.0.1',
  port: Number(port),
  publicUrl: `http://localhost:${port}`,
  production: false,
  given: { databaseUrl: false, redisUrl: false, jwtSecret: false },
  preferInstalledValkey: false,
  print: (line) => process.stdout.write(`${line}\n`),
});
process.exit(code);
