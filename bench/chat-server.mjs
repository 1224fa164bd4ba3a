// The API of bench/chat.mjs, as a process of its own: the real one, whose group commit the bench can turn off.
// It says its port, takes `{ largestBatch }` and answers when that counts.

import { createApi } from '../dist/app/create-api.js';
import { loadServiceConfig } from '../dist/config/app-config.js';
import { processVariables } from '../dist/config/env.js';
import { MessageBatches } from '../dist/features/chat/message-batches.js';

const api = await createApi(loadServiceConfig(processVariables()));
await api.listen(0, '127.0.0.1');
const batches = api.get(MessageBatches, { strict: false });

process.on('message', ({ largestBatch }) => {
  batches.largestBatch = largestBatch;
  process.send({ largestBatch });
});
process.on('disconnect', () => void api.close().finally(() => process.exit(0)));
process.send({ port: api.getHttpServer().address().port });
