// Stands in for the API and the worker (with a channel to the launcher) and for `migrate` (without one).
import { createServer } from 'node:http';
import pg from 'pg';

async function query(sql) {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

if (!process.connected) {
  await query('CREATE TABLE IF NOT EXISTS visits (at timestamptz DEFAULT now())');
  process.exit(0);
}

const server = createServer((request, response) => {
  query('INSERT INTO visits DEFAULT VALUES')
    .then(() => query('SELECT count(*)::int AS visits FROM visits'))
    .then(([row]) => response.end(JSON.stringify({ ...row, pid: process.pid })))
    .catch((error) => response.writeHead(503).end(error.message));
});
process.on('SIGTERM', () => process.exit(0));
process.on('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
// The first of the two takes the port and is the API; the other one is the worker.
server.on('error', () => process.send({ type: 'ready' }));
server.listen(Number(process.env.PORT), '127.0.0.1', () => process.send({ type: 'ready' }));
