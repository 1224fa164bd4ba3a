// Beside `npm start` the command line needs no settings: the launcher leaves word where its services are.

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Installation } from '../support/installation.js';
import { runCli } from '../api/cli/run-cli.js';

jest.setTimeout(180_000);

describe('the command line beside npm start', () => {
  let installation: Installation;
  let file: string;

  beforeAll(async () => {
    installation = await Installation.create();
    file = join(installation.dataDir, 'connection.json');
    await installation.start();
  });
  afterAll(() => installation.remove());

  const run = (args: string[], input?: string) => runCli(args, { DATA_DIR: installation.dataDir }, input);

  it('finds the services, and what it creates is there at once', async () => {
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const options = ['--username', 'root', '--password-stdin', '--json'];
    expect(await run(['create-superuser', ...options], 'a long pass phrase')).toMatchObject({ code: 0 });
    const signedIn = await fetch(`${installation.url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: 'root', password: 'a long pass phrase' }),
    });
    expect(signedIn.status).toBe(200);
  });

  it('has a healthy installation, and says what it looked at', async () => {
    const { code, stdout } = await run(['doctor']);
    expect(stdout).toContain(`DATABASE_URL, REDIS_URL, JWT_SECRET from the running \`npm start\``);
    expect(stdout).toContain('Nothing is broken.');
    expect(code).toBe(0);
  });

  it('says that nothing runs once it has stopped', async () => {
    await installation.stop();
    expect(existsSync(file)).toBe(false);
    const { code, stderr } = await run(['list-users']);
    expect(code).toBe(1);
    expect(stderr).toContain('no `npm start` runs on DATA_DIR');
  });
});
