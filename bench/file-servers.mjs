// The servers that bench/files.mjs compares, one per process: `node file-servers.mjs <name>`. Each tells its
// parent its port, and its CPU time whenever it is asked.

import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';

const servers = {
  /** node:http and streams to and from a file: no form, no hash, no account, no database, no fsync. */
  async bare() {
    const folder = process.env.STORAGE_DIR;
    const server = createServer(async (request, response) => {
      if (request.method === 'POST') {
        const id = randomUUID();
        await pipeline(request, createWriteStream(join(folder, id)));
        response.statusCode = 201;
        response.end(JSON.stringify({ id }));
      } else {
        await pipeline(createReadStream(join(folder, request.url.split('/').at(-2))), response);
      }
    });
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { server, close: () => server.close() };
  },

  /** The real API. */
  async ours() {
    const { createApi } = await import('../dist/app/create-api.js');
    const { loadServiceConfig } = await import('../dist/config/app-config.js');
    const { processVariables } = await import('../dist/config/env.js');
    const api = await createApi(loadServiceConfig(processVariables()));
    await api.listen(0, '127.0.0.1');
    return { server: api.getHttpServer(), close: () => api.close() };
  },
};

const { server, close } = await servers[process.argv[2]]();
process.on('message', () => process.send(process.cpuUsage()));
process.on('disconnect', async () => {
  await close();
  process.exit(0);
});
process.send({ port: server.address().port });
