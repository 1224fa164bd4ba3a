// docker-compose.yml, the Dockerfile and the load balancer: hardened, complete, and in agreement with the program.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { SHUTDOWN_DEADLINE_MS } from '../../src/app/run-process.js';
import { SETTINGS, type Setting } from '../../src/config/env.js';
import { milliseconds, textOf, yaml } from '../support/manifests.js';
import { REPOSITORY } from './source-tree.js';

interface Service {
  readonly image: string;
  readonly build?: string;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: string[];
  readonly security_opt?: string[];
  readonly tmpfs?: string[];
  readonly command?: string[];
  readonly environment?: Record<string, string>;
  readonly secrets?: string[];
  readonly networks: string[];
  readonly ports?: string[];
  readonly healthcheck?: { readonly test?: string[]; readonly disable?: boolean };
  readonly stop_grace_period?: string;
  readonly deploy?: { replicas?: number; resources?: { limits?: { cpus?: string; memory?: string } } };
  readonly depends_on?: Record<string, { condition: string }>;
}

interface Compose {
  readonly services: Record<string, Service>;
  readonly networks: Record<string, { internal?: boolean } | null>;
  readonly secrets: Record<string, { file: string }>;
}

const compose = yaml<Compose>('docker-compose.yml');
const version = (JSON.parse(textOf('package.json')) as { version: string }).version;
const service = (name: string): Service => compose.services[name]!;
const OWN = ['migrate', 'api', 'worker'];
const BACKING = ['postgres', 'redis', 'objects'];
const ONE_SHOT = ['migrate', 'objects-folder', 'bucket'];
const all = Object.entries(compose.services);
const settings: Readonly<Record<string, Setting<unknown>>> = SETTINGS;

describe('docker-compose.yml', () => {
  it('has every part, and two of each process of ours', () => {
    expect(Object.keys(compose.services).sort()).toEqual(
      [...new Set([...OWN, ...BACKING, ...ONE_SHOT, 'balancer'])].sort(),
    );
    expect([service('api').deploy?.replicas, service('worker').deploy?.replicas]).toEqual([2, 2]);
  });

  it.each(all)('gives %s no more rights than it needs, and no more of the machine', (_name, part) => {
    expect(part).toMatchObject({
      read_only: true,
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      user: expect.not.stringMatching(/^(root|0)(:|$)/) as unknown,
      tmpfs: expect.any(Array) as unknown,
      deploy: {
        resources: { limits: { cpus: expect.any(String) as unknown, memory: expect.any(String) as unknown } },
      },
    });
  });

  it('pins every image, and runs one image of ours', () => {
    for (const [name, { image }] of all)
      expect({ name, image }).toEqual({ name, image: expect.stringMatching(/:[\w.-]*\d/) as unknown });
    const built = all.filter(([, part]) => part.build).map(([name, { image }]) => [name, image]);
    expect(built).toEqual([...OWN, 'objects-folder'].map((name) => [name, `milepost:${version}`]));
  });

  it('asks everything that serves whether it is well', () => {
    const silent = ['worker', ...ONE_SHOT];
    const unasked = all
      .filter(([name, { healthcheck }]) => !silent.includes(name) && !healthcheck?.test)
      .map(([name]) => name);
    expect(unasked).toEqual([]);
  });

  it('lets only the load balancer be reached, and the data only from inside', () => {
    expect(all.filter(([, { ports }]) => ports).map(([name]) => name)).toEqual(['balancer']);
    for (const name of BACKING)
      expect({ name, networks: service(name).networks }).toEqual({ name, networks: ['inside'] });
    expect(compose.networks['inside']).toEqual({ internal: true });
    expect(service('balancer').networks).not.toContain('inside');
  });

  it('waits for the migrations, the bucket and the services', () => {
    for (const name of ['api', 'worker']) {
      expect(service(name).depends_on).toEqual({
        postgres: { condition: 'service_healthy' },
        redis: { condition: 'service_healthy' },
        migrate: { condition: 'service_completed_successfully' },
        bucket: { condition: 'service_completed_successfully' },
      });
    }
  });

  it('gives processes longer to end than they take', () => {
    for (const name of ['api', 'worker'])
      expect(milliseconds(service(name).stop_grace_period ?? '')).toBeGreaterThan(SHUTDOWN_DEADLINE_MS);
  });

  it('runs what the build makes', () => {
    const commands = OWN.map((name) => service(name).command!);
    expect(commands.map((command) => command.slice(2))).toEqual([['migrate'], [], []]);
    for (const [node, entry = ''] of commands) {
      expect(node).toBe('node');
      expect(existsSync(join(REPOSITORY, entry.replace(/^dist/, 'src').replace(/js$/, 'ts')))).toBe(true);
    }
  });

  it('makes Redis keep what it has', () => {
    const command = service('redis').command!;
    expect(command[command.indexOf('--appendonly') + 1]).toBe('yes');
    expect(command[command.indexOf('--maxmemory-policy') + 1]).toBe('noeviction');
  });

  it('sets what Milepost knows, and gives secrets as files that are there', () => {
    for (const name of OWN) {
      const { environment = {}, secrets = [] } = service(name);
      for (const [variable, value] of Object.entries(environment)) {
        const setting = settings[variable.replace(/_FILE$/, '')];
        expect({ variable, known: setting !== undefined }).toEqual({ variable, known: true });
        expect({ variable, file: variable.endsWith('_FILE') }).toEqual({
          variable,
          file: setting?.secret === true,
        });
        if (setting?.secret) expect(secrets.map((secret) => `/run/secrets/${secret}`)).toContain(value);
      }
      expect(Object.keys(environment)).toEqual(
        expect.arrayContaining(['DATABASE_URL_FILE', 'REDIS_URL_FILE', 'JWT_SECRET_FILE']),
      );
    }
  });

  it('has secrets that the guide says how to make', () => {
    const guide = textOf('docs/OPERATIONS.md');
    for (const [name, { file }] of Object.entries(compose.secrets)) {
      expect(file).toBe(`./secrets/${name}`);
      expect(guide).toContain(`> secrets/${name}`);
    }
    const used = new Set(all.flatMap(([, { secrets = [] }]) => secrets));
    expect([...used].sort()).toEqual(Object.keys(compose.secrets).sort());
  });

  it('and the load balancer find the API at its port and its health routes', () => {
    const port = service('api').environment?.['PORT'];
    const routes = Object.keys((JSON.parse(textOf('docs/openapi.json')) as { paths: object }).paths);
    const balancer = textOf('deploy/haproxy/haproxy.cfg');
    expect(routes).toEqual(expect.arrayContaining(['/health/live', '/health/ready']));
    expect(service('api').healthcheck?.test?.join(' ')).toContain(`http://127.0.0.1:${port}/health/live`);
    expect([...balancer.matchAll(/server-template api \d+ api:(\d+)/g)].map(([, found]) => found)).toEqual([
      port,
      port,
    ]);
    expect([...balancer.matchAll(/httpchk GET (\S+)/g)].map(([, path]) => path)).toEqual([
      '/health/ready',
      '/health/ready',
    ]);
    const published = service('balancer').ports?.[0]?.split(':').at(-1);
    expect(balancer).toContain(`bind :${published}`);
    expect(service('balancer').healthcheck?.test?.at(-1)).toBe(
      `http://127.0.0.1:${published}${/monitor-uri (\S+)/.exec(balancer)?.[1]}`,
    );
  });
});

describe('the Dockerfile', () => {
  const lines = textOf('Dockerfile').split('\n');
  const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM')));

  it('builds in one stage and runs another, as an ordinary user, on the port of the settings', () => {
    expect(lines.filter((line) => line.startsWith('FROM'))).toEqual([
      expect.stringMatching(/^FROM node:20\.\d+-slim AS build$/),
      expect.stringMatching(/^FROM node:20\.\d+-slim$/),
    ]);
    expect(last).toContain('USER node');
    expect(last).toContain(`EXPOSE ${SETTINGS.PORT.fallback}`);
    expect(last).toContain('CMD ["node", "dist/main.api.js"]');
    expect(last.filter((line) => /npm |nest build|COPY (?!--from=build)/.test(line))).toEqual([]);
  });
});
