// The routes of a running application, with what each declares about who may call it.

import type { INestApplicationContext } from '@nestjs/common';
import { PATH_METADATA } from '@nestjs/common/constants.js';
import { GATEWAY_METADATA, MESSAGE_METADATA } from '@nestjs/websockets/constants.js';
import { MetadataScanner, ModulesContainer, Reflector } from '@nestjs/core';
import { ACCESS_METADATA, type Access } from '../../src/common/auth/access.decorator.js';

export interface Route {
  /** `Controller.method`. */
  readonly name: string;
  /** What the method and its class declare; undefined stands for nothing. */
  readonly access: readonly (Access | undefined)[];
}

/** Every method of every controller that Nest serves. */
export function routesOf(application: INestApplicationContext): Route[] {
  const modules = [...application.get(ModulesContainer, { strict: false }).values()];
  const controllers = new Set(
    modules.flatMap((module) => [...module.controllers.values()].map(({ metatype }) => metatype)),
  );
  return [...controllers].flatMap((controller) =>
    typeof controller === 'function' ? methodsOf(controller) : [],
  );
}

function methodsOf(
  controller: NonNullable<unknown> & { prototype?: unknown; name?: string },
  marker = PATH_METADATA,
): Route[] {
  const reflector = new Reflector();
  const prototype = controller.prototype as Record<string, unknown>;
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((method) => {
    const handler = prototype[method];
    if (typeof handler !== 'function' || !Reflect.hasMetadata(marker, handler)) return [];
    const targets = [handler, controller] as Parameters<Reflector['getAll']>[1];
    return [
      {
        name: `${controller.name}.${method}`,
        access: reflector.getAll<(Access | undefined)[]>(ACCESS_METADATA, targets),
      },
    ];
  });
}

/** Every client event of every gateway. */
export function clientEventsOf(application: INestApplicationContext): Route[] {
  const modules = [...application.get(ModulesContainer, { strict: false }).values()];
  const gateways = new Set(
    modules.flatMap((module) => [...module.providers.values()].map(({ metatype }) => metatype)),
  );
  return [...gateways].flatMap((gateway) =>
    typeof gateway === 'function' && Reflect.hasMetadata(GATEWAY_METADATA, gateway)
      ? methodsOf(gateway, MESSAGE_METADATA)
      : [],
  );
}

/** One line for each route that does not declare exactly one access. */
export function undeclaredRoutes(routes: readonly Route[]): string[] {
  return routes.flatMap(({ name, access }) => {
    const declared = access.filter((item) => item !== undefined);
    return declared.length === 1 ? [] : [`${name} declares ${declared.length} accesses`];
  });
}
