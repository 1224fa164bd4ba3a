// The manifests of deploy/kubernetes: complete, hardened, and in agreement with the program and with each other.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SHUTDOWN_DEADLINE_MS } from '../../src/app/run-process.js';
import { SETTINGS, type Setting } from '../../src/config/env.js';
import { textOf, yaml, yamlDocuments } from '../support/manifests.js';
import { REPOSITORY } from './source-tree.js';

const FOLDER = 'deploy/kubernetes';
type Labels = Readonly<Record<string, string>>;

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string };
}
interface Container {
  readonly image: string;
  readonly command: string[];
  readonly envFrom: unknown[];
  readonly ports?: { readonly name: string; readonly containerPort: number }[];
  readonly startupProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly lifecycle?: { readonly preStop: { readonly exec: { readonly command: string[] } } };
  readonly resources: unknown;
  readonly securityContext: unknown;
  readonly volumeMounts: { readonly name: string; readonly mountPath: string }[];
}
interface Pod {
  readonly metadata: { readonly labels: Labels };
  readonly spec: {
    readonly terminationGracePeriodSeconds?: number;
    readonly securityContext: unknown;
    readonly containers: Container[];
    readonly volumes: { readonly name: string; readonly secret?: { readonly secretName: string } }[];
  };
}
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Record<string, string>;
  readonly spec: {
    readonly template: Pod;
    readonly selector: { readonly matchLabels: Labels } & Labels;
    readonly podSelector: { readonly matchLabels: Labels };
    readonly scaleTargetRef: { readonly name: string };
    readonly minAvailable: number;
    readonly minReplicas: number;
    readonly metrics: {
      readonly type: string;
      readonly external?: { readonly metric: { readonly name: string } };
    }[];
    readonly strategy: unknown;
    readonly ingress: { readonly ports: { readonly port: number }[] }[];
    readonly rules: {
      readonly http: {
        readonly paths: { readonly backend: { readonly service: { readonly name: string } } }[];
      };
    }[];
  };
}

const kustomization = yaml<{ resources: string[]; images: { name: string; newTag: string }[] }>(
  `${FOLDER}/kustomization.yaml`,
);
const manifests = kustomization.resources.flatMap((file) => yamlDocuments<Manifest>(`${FOLDER}/${file}`));
const ofKind = (kind: string): Manifest[] => manifests.filter((manifest) => manifest.kind === kind);
const one = (kind: string, name: string): Manifest =>
  ofKind(kind).find(({ metadata }) => metadata.name === name)!;
const deployments = ofKind('Deployment');
const pods = [...deployments, ...ofKind('Job')].map(
  ({ metadata, spec }) => [metadata.name, spec.template] as const,
);
const version = (JSON.parse(textOf('package.json')) as { version: string }).version;
const covers = (selector: Labels, labels: Labels): boolean =>
  Object.entries(selector).every(([key, value]) => labels[key] === value);
const config = one('ConfigMap', 'milepost').data!;
const settings: Readonly<Record<string, Setting<unknown>>> = SETTINGS;

describe('the Kubernetes manifests', () => {
  it('are all applied together', () => {
    const aside = ['kustomization.yaml', 'prometheus-adapter-values.yaml'];
    const files = readdirSync(join(REPOSITORY, FOLDER)).filter((file) => !aside.includes(file));
    expect([...kustomization.resources].sort()).toEqual(files.sort());
    expect(deployments.map(({ metadata }) => metadata.name)).toEqual(['milepost-api', 'milepost-worker']);
  });

  it.each(pods)('give %s no more rights than it needs', (_name, { spec }) => {
    expect(spec).toMatchObject({
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    });
    const [container] = spec.containers;
    expect(container).toMatchObject({
      securityContext: {
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
      },
      resources: {
        requests: { cpu: expect.any(String) as unknown },
        limits: { memory: expect.any(String) as unknown },
      },
    });
    expect(container?.volumeMounts.map(({ mountPath }) => mountPath)).toEqual([
      '/tmp',
      '/run/secrets/milepost',
    ]);
  });

  it('run the image of docker-compose.yml, of this version', () => {
    for (const [, { spec }] of pods) expect(spec.containers[0]?.image).toBe(`milepost:${version}`);
    expect(kustomization.images).toEqual([expect.objectContaining({ name: 'milepost', newTag: version })]);
    expect(textOf('docker-compose.yml')).toContain(`image: milepost:${version}`);
  });

  it('start the three commands', () => {
    const commands = Object.fromEntries(
      pods.map(([name, { spec }]) => [name, spec.containers[0]?.command.slice(1)]),
    );
    expect(commands).toEqual({
      'milepost-api': ['dist/main.api.js'],
      'milepost-worker': ['dist/main.worker.js'],
      'milepost-migrate': ['dist/main.cli.js', 'migrate'],
    });
  });

  it('ask the API at its port for its health', () => {
    const [container] = one('Deployment', 'milepost-api').spec.template.spec.containers;
    expect(container?.ports).toEqual([{ name: 'http', containerPort: Number(config['PORT']) }]);
    const path = (probe?: Probe): string | undefined => probe?.httpGet.path;
    expect([container?.startupProbe, container?.livenessProbe, container?.readinessProbe].map(path)).toEqual([
      '/health/live',
      '/health/live',
      '/health/ready',
    ]);
    expect(one('NetworkPolicy', 'milepost-api').spec.ingress[0]?.ports.map(({ port }) => port)).toEqual([
      Number(config['PORT']),
    ]);
  });

  it.each(deployments.map(({ metadata, spec }) => [metadata.name, spec.template] as const))(
    'give %s longer to end than it takes',
    (_name, { spec }) => {
      const preStop = Number(spec.containers[0]?.lifecycle?.preStop.exec.command[1] ?? 0);
      expect(spec.terminationGracePeriodSeconds! - preStop).toBeGreaterThan(SHUTDOWN_DEADLINE_MS / 1_000);
    },
  );

  it.each(deployments.map(({ metadata }) => metadata.name))(
    'replace, keep and scale %s without a gap',
    (name) => {
      const { strategy, selector, template } = one('Deployment', name).spec;
      expect(strategy).toMatchObject({ rollingUpdate: { maxUnavailable: 0 } });
      expect(covers(selector.matchLabels, template.metadata.labels)).toBe(true);
      const budget = one('PodDisruptionBudget', name).spec;
      expect(budget.minAvailable).toBe(1);
      expect(budget.selector.matchLabels).toEqual(selector.matchLabels);
      const scaler = one('HorizontalPodAutoscaler', name).spec;
      expect(scaler.scaleTargetRef.name).toBe(name);
      expect(scaler.minReplicas).toBeGreaterThanOrEqual(2);
      expect(scaler.metrics.map(({ type }) => type)).toContain('Resource');
    },
  );

  it('scale the workers by the age of the queue, under the name that the adapter gives it', () => {
    const [metric] = one('HorizontalPodAutoscaler', 'milepost-worker').spec.metrics;
    const adapter = yaml<{ rules: { external: { seriesQuery: string; name: { as: string } }[] } }>(
      `${FOLDER}/prometheus-adapter-values.yaml`,
    );
    expect(adapter.rules.external).toEqual([
      expect.objectContaining({ name: { as: metric?.external?.metric.name } }),
    ]);
  });

  it('lead from the ingress to the API and nowhere else', () => {
    const [rule] = one('Ingress', 'milepost').spec.rules;
    expect(rule?.http.paths.map(({ backend }) => backend.service.name)).toEqual(['milepost-api']);
    const labels = one('Deployment', 'milepost-api').spec.template.metadata.labels;
    expect(covers(one('Service', 'milepost-api').spec.selector, labels)).toBe(true);
    for (const [, { metadata }] of pods)
      expect(covers(one('NetworkPolicy', 'milepost').spec.podSelector.matchLabels, metadata.labels)).toBe(
        true,
      );
    expect(
      covers(
        one('NetworkPolicy', 'milepost-api').spec.podSelector.matchLabels,
        one('Deployment', 'milepost-worker').spec.template.metadata.labels,
      ),
    ).toBe(false);
  });

  it('set what Milepost knows, with secrets as files only', () => {
    for (const [variable, value] of Object.entries(config)) {
      const setting = settings[variable.replace(/_FILE$/, '')];
      expect({ variable, known: setting !== undefined }).toEqual({ variable, known: true });
      expect({ variable, file: variable.endsWith('_FILE') }).toEqual({
        variable,
        file: setting?.secret === true,
      });
      if (setting?.secret) expect(value).toMatch(/^\/run\/secrets\/milepost\/\w+$/);
      else expect(() => setting?.parse(value)).not.toThrow();
    }
    for (const [, { spec }] of pods) {
      expect(spec.containers[0]?.envFrom).toEqual([{ configMapRef: { name: 'milepost' } }]);
      expect(spec.volumes.find(({ name }) => name === 'secrets')?.secret?.secretName).toBe('milepost');
    }
  });
});
