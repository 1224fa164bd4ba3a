// Imports go one way: main → app → features → infra → common → config → contracts.

import type { Import, SourceFile } from './source-file.js';

/** From left to right; a file imports from its own layer and from those after it. */
export const LAYERS = ['main', 'app', 'features', 'infra', 'common', 'config', 'contracts'] as const;

/** The two folders beside the chain, and what of our own they may import. */
const ISLANDS: Readonly<Record<string, readonly string[]>> = {
  migrations: [],
  local: ['local', 'config'],
};

/** Who may import an island. */
const ISLAND_USERS: Readonly<Record<string, (path: string) => boolean>> = {
  migrations: (path) => layerOf(path) === 'app',
  // The production mains need services of their own; only the launcher brings embedded ones.
  local: (path) => path === 'src/main.ts',
};

const DRIVERS = /^(typeorm|pg|ioredis|bullmq|nodemailer|socket\.io)(\/|$)/;

/** `main`, or the folder below src; undefined for a file that is in neither. */
export function layerOf(path: string): string | undefined {
  if (/^src\/main(\.\w+)?\.ts$/.test(path)) return 'main';
  return /^src\/([^/]+)\//.exec(path)?.[1];
}

/** One line for each import that points the wrong way, and for each file outside of all layers. */
export function layerProblems(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) => {
    const layer = layerOf(file.path);
    if (layer === undefined || !(isLayer(layer) || layer in ISLANDS))
      return [`${file.path} is in no known layer`];
    return file.imports.flatMap((reference) => {
      const reason = reference.own
        ? ownImportProblem(file.path, layer, reference)
        : packageProblem(layer, reference);
      return reason ? [`${file.path} → ${reference.target}: ${reason}`] : [];
    });
  });
}

function isLayer(layer: string): boolean {
  return (LAYERS as readonly string[]).includes(layer);
}

function ownImportProblem(path: string, layer: string, { target }: Import): string | undefined {
  // package.json at the root is data, not code.
  if (target === 'package.json') return undefined;
  const targetLayer = layerOf(target);
  if (targetLayer === undefined) return 'leaves the layers';
  if (layer in ISLANDS && !ISLANDS[layer]?.includes(targetLayer))
    return `${layer} may not import ${targetLayer}`;
  if (targetLayer === layer) return undefined;
  if (targetLayer in ISLANDS)
    return ISLAND_USERS[targetLayer]?.(path) ? undefined : `may not import ${targetLayer}`;
  if (layer in ISLANDS) return undefined;
  return position(targetLayer) > position(layer) ? undefined : `${layer} may not import ${targetLayer}`;
}

function position(layer: string): number {
  return (LAYERS as readonly string[]).indexOf(layer);
}

function packageProblem(layer: string, { target, names }: Import): string | undefined {
  if (layer === 'migrations' && target !== 'typeorm') return 'migrations import nothing but typeorm';
  if (layer === 'contracts') return 'contracts import nothing';
  if (layer === 'common' && DRIVERS.test(target)) return 'common does no I/O';
  const exception = names.find((name) => name.endsWith('Exception'));
  if (exception && target === '@nestjs/common' && (layer === 'features' || layer === 'infra')) {
    return `throws AppError, not ${exception}`;
  }
  return undefined;
}
