// Which feature may use which other one. The same list stands in docs/ARCHITECTURE.md; a new edge is a
// decision and goes into docs/decisions.

import type { SourceFile } from './source-file.js';

export const FEATURE_EDGES: Readonly<Record<string, readonly string[]>> = {
  users: [],
  'api-keys': ['users'],
  auth: ['users', 'api-keys', 'notifications'],
  tasks: ['users'],
  notifications: ['users'],
  jobs: [],
  events: [],
  files: ['users'],
  chat: ['users'],
  datasets: ['files'],
  models: ['users', 'files'],
  training: ['models', 'datasets'],
  predictions: ['users', 'models'],
  admin: ['users', 'auth', 'tasks', 'files', 'models', 'jobs'],
  health: [],
};

/** What a feature keeps to itself, edge or no edge: others go through its service. */
const PRIVATE_FILE = /\.(repository|controller|worker|gateway)\.ts$/;

/** One line for each edge that is not listed, each private file used by another feature, each subfolder. */
export function featureProblems(
  files: readonly SourceFile[],
  edges: Readonly<Record<string, readonly string[]>> = FEATURE_EDGES,
): string[] {
  return files.flatMap((file) => {
    const feature = featureOf(file.path);
    if (feature === undefined) return [];
    if (!(feature in edges)) return [`${file.path}: feature ${feature} is not in the list of edges`];
    if (file.path.split('/').length > 4) return [`${file.path}: a feature is one flat folder`];
    return file.imports.flatMap(({ target }) => {
      const reason = edgeProblem(feature, target, edges[feature] ?? []);
      return reason ? [`${file.path} → ${target}: ${reason}`] : [];
    });
  });
}

function edgeProblem(feature: string, target: string, allowed: readonly string[]): string | undefined {
  const other = featureOf(target);
  if (other === undefined || other === feature) return undefined;
  if (!allowed.includes(other)) return `${feature} may not use ${other}`;
  return PRIVATE_FILE.test(target) ? `belongs to ${other} alone` : undefined;
}

function featureOf(path: string): string | undefined {
  return /^src\/features\/([^/]+)\//.exec(path)?.[1];
}

/** The edges as a document writes them: lines such as `| auth | users, api-keys |`, `–` for none. */
export function edgesInDocument(text: string): Record<string, string[]> {
  const rows = [...text.matchAll(/^\| `([a-z-]+)` +\| ([^|]+?) *\|$/gm)];
  return Object.fromEntries(
    rows.map(([, feature = '', used = '']) => [
      feature,
      [...used.matchAll(/`([a-z-]+)`/g)].map(([, name = '']) => name),
    ]),
  );
}
