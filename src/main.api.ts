// The API process.

import 'reflect-metadata';
import { createApi } from './app/create-api.js';
import { runProcess } from './app/run-process.js';

await runProcess(async (config) => {
  const application = await createApi(config);
  await application.listen(config.http.port, config.http.host);
  return application;
});
