// Which credentials each operation takes, from the access decorators of the controllers.

import type { INestApplication } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, ModulesContainer } from '@nestjs/core';
import { ACCESS_METADATA, type Access } from '../common/auth/access.decorator.js';

export type SecurityRequirements = Record<string, string[]>[];

/** Security requirements by operation id; none for public operations. */
export function describeAccess(app: INestApplication): Map<string, SecurityRequirements> {
  const requirements = new Map<string, SecurityRequirements>();
  const scanner = new MetadataScanner();
  const controllers = new DiscoveryService(app.get(ModulesContainer)).getControllers();
  for (const { metatype } of controllers) {
    if (typeof metatype !== 'function') continue;
    const prototype = metatype.prototype as Record<string, object>;
    for (const method of scanner.getAllMethodNames(prototype)) {
      const handler = prototype[method];
      const access = (handler && accessOf(handler)) ?? accessOf(metatype);
      requirements.set(`${metatype.name.replace(/Controller$/, '')}_${method}`, requirementsOf(access));
    }
  }
  return requirements;
}

function accessOf(target: object): Access | undefined {
  return Reflect.getMetadata(ACCESS_METADATA, target) as Access | undefined;
}

function requirementsOf(access: Access | undefined): SecurityRequirements {
  if (access?.kind === 'public') return [];
  const people: SecurityRequirements = [{ bearer: [] }, { password: [] }, { cookie: [] }];
  const callers = access && access.apiKey !== 'never' ? [...people, { apiKey: [] }] : people;
  return access?.kind === 'optional' ? [{}, ...callers] : callers;
}
