import { MetadataScanner, type DiscoveryService } from '@nestjs/core';

export interface DecoratedMethod<Metadata> {
  /** Such as `TasksWorker.sendMail`. */
  readonly label: string;
  readonly metadata: Metadata;
  /** The method, bound to its provider. */
  readonly call: (...parameters: unknown[]) => unknown;
}

/** One for all: it remembers the methods of each class, which many ask for while a process starts. */
const scanner = new MetadataScanner();

/** All methods of singleton providers that carry metadata under `key`. */
export function decoratedMethods<Metadata>(
  discovery: DiscoveryService,
  key: symbol,
): DecoratedMethod<Metadata>[] {
  const instances = new Set(
    discovery
      .getProviders()
      .filter((wrapper) => wrapper.isDependencyTreeStatic())
      .map((wrapper) => wrapper.instance as unknown),
  );
  return [...instances].flatMap((instance) => methodsOf<Metadata>(instance, key));
}

function methodsOf<Metadata>(instance: unknown, key: symbol): DecoratedMethod<Metadata>[] {
  if (typeof instance !== 'object' || instance === null) return [];
  const prototype = Object.getPrototypeOf(instance) as object | null;
  if (!prototype) return [];
  return scanner.getAllMethodNames(prototype).flatMap((name) => {
    const method = (instance as Record<string, unknown>)[name];
    if (typeof method !== 'function') return [];
    const metadata = Reflect.getOwnMetadata(key, method) as Metadata | undefined;
    if (metadata === undefined) return [];
    const call = (...parameters: unknown[]): unknown =>
      Reflect.apply(method, instance, parameters) as unknown;
    return [{ label: `${prototype.constructor.name}.${name}`, metadata, call }];
  });
}
