// What operators watch: the dashboard, the alerts and the metric that scales the workers name metrics and labels that
// the API has, and each alert has an entry in the runbook.

import { Metrics } from '../../../src/infra/metrics/metrics.js';
import { startApp, type TestApp } from '../../support/app.js';
import { textOf, yaml } from '../../support/manifests.js';

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook: string };
}
interface Dashboard {
  readonly panels: {
    readonly title: string;
    readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
    readonly targets: { readonly expr: string }[];
  }[];
}

const RUNBOOK = 'docs/RUNBOOK.md';
const alerts = yaml<{ groups: { rules: Alert[] }[] }>('deploy/prometheus/alerts.yml').groups.flatMap(
  ({ rules }) => rules,
);
const { panels } = JSON.parse(textOf('deploy/grafana/milepost.json')) as Dashboard;
const ours = 'milepost_|nodejs_|process_';
/** Prometheus itself has this one of each process that it asks. */
const OF_PROMETHEUS = ['up'];
const OF_ANY_SCRAPE = ['job', 'instance', 'le'];
/** Labels that the API gives to nothing before its first request; prom-client does not tell of them. */
const OF_REQUESTS = ['method', 'route', 'status'];

/** Names of metrics in an expression of PromQL: words that are no function, no label and no text. */
function metricsIn(expression: string): string[] {
  const bare = expression
    .replaceAll(/'[^']*'|"[^"]*"/g, '')
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]|\b(by|without|on) ?\([^)]*\)/g, ' ');
  return [...bare.matchAll(/(?<!\w)[a-z_][a-z0-9_]*(?!\w|\s*\()/g)].map(([name]) => name);
}

function labelsIn(expression: string): string[] {
  const matched = [...expression.matchAll(/[{,]\s*(\w+)\s*(?:=~|!~|!=|=)/g)].map(([, label = '']) => label);
  const grouped = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) =>
    list.split(/,\s*/),
  );
  return [...matched, ...grouped];
}

describe('metrics', () => {
  let app: TestApp;
  let names: Set<string>;
  let labels: Set<string>;

  beforeAll(async () => {
    app = await startApp();
    await app.http().get('/api/v1/tasks').expect(401);
    const { text } = await app.http().get('/metrics').expect(200);
    const types = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)];
    names = new Set(
      types.flatMap(([, name = '', type]) =>
        type === 'histogram' ? ['_bucket', '_sum', '_count'].map((part) => name + part) : [name],
      ),
    );
    const shown = [...text.matchAll(/[{,](\w+)="/g)].map(([, label = '']) => label);
    labels = new Set([...shown, ...OF_ANY_SCRAPE, ...OF_REQUESTS, ...declaredLabels(app)]);
  });
  afterAll(() => app.close());

  const expectKnown = (expression: string): void => {
    const metrics = metricsIn(expression);
    expect(metrics).not.toEqual([]);
    expect(metrics.filter((name) => !names.has(name) && !OF_PROMETHEUS.includes(name))).toEqual([]);
    expect(labelsIn(expression).filter((label) => !labels.has(label))).toEqual([]);
  };

  it('are found in expressions', () => {
    const expression =
      'max by (queue, state) (rate(milepost_a_total{state="x",b=~"y_z"}[5m])) / milepost_c > 0.5';
    expect(metricsIn(expression)).toEqual(['milepost_a_total', 'milepost_c']);
    expect(labelsIn(expression)).toEqual(['state', 'b', 'queue', 'state']);
    expect(() => expectKnown(expression)).toThrow();
    expect(() => expectKnown('milepost_workers{no_such_label="x"}')).toThrow();
  });

  it.each(alerts.map((alert) => [alert.alert, alert] as const))(
    'give %s what it asks for',
    (_name, { expr }) => {
      expectKnown(expr);
    },
  );

  it.each(panels.map(({ title, targets }) => [title, targets] as const))(
    'give the panel "%s" what it shows',
    (_title, targets) => {
      for (const { expr } of targets) expectKnown(expr);
    },
  );

  it('have the one by which the workers are scaled', () => {
    const [name] = /milepost_queue\w+/.exec(textOf('deploy/kubernetes/worker.yaml')) ?? [];
    expect(names).toContain(name);
  });

  it('of ours are all on the dashboard, but for those that only a worker counts', () => {
    const used = new Set(panels.flatMap(({ targets }) => targets.flatMap(({ expr }) => metricsIn(expr))));
    const unused = [...names].filter((name) => name.startsWith('milepost_') && !used.has(name));
    const ofWorkers = ['milepost_job_duration_seconds', 'milepost_mail_resends_total'];
    const parts = ['milepost_http_request_duration_seconds_sum'];
    expect(
      unused.filter((name) => !ofWorkers.some((own) => name.startsWith(own)) && !parts.includes(name)),
    ).toEqual([]);
  });
});

describe('alerts', () => {
  const runbook = textOf(RUNBOOK);
  const anchors = [...runbook.matchAll(/^## (.+)$/gm)].map(([, title = '']) =>
    title.toLowerCase().replaceAll(' ', '-'),
  );

  it.each(alerts.map((alert) => [alert.alert, alert] as const))('%s is complete', (_name, alert) => {
    expect(alert.labels.severity).toMatch(/^(critical|warning|info)$/);
    expect(alert.for).toMatch(/^\d+m$/);
    expect(alert.annotations.summary).toMatch(/\.$/);
    const [file, anchor] = alert.annotations.runbook.split('#');
    expect(file).toBe(RUNBOOK);
    expect(anchors).toContain(anchor);
    expect(alert.expr).toMatch(new RegExp(`up\\{|${ours}`));
  });

  it('have one name each, and the runbook an entry for none but them', () => {
    const slugs = alerts.map(({ alert }) => alert.toLowerCase());
    expect(new Set(slugs).size).toBe(slugs.length);
    expect(anchors.filter((anchor) => anchor.startsWith('milepost')).sort()).toEqual([...slugs].sort());
  });
});

describe('the dashboard', () => {
  it('has panels beside each other, within 24 columns', () => {
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)} ${y + Math.floor(index / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
  });
});

function declaredLabels(app: TestApp): string[] {
  const all = app.get(Metrics).registry.getMetricsAsArray() as unknown as { labelNames?: string[] }[];
  return all.flatMap(({ labelNames = [] }) => labelNames);
}
