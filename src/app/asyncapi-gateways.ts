// What the gateways of a running application answer: the events, the schemas of their payloads, and who may send
// them, read from the decorators of their methods.

import type { INestApplicationContext } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, ModulesContainer } from '@nestjs/core';
import { GATEWAY_METADATA, MESSAGE_METADATA, PARAM_ARGS_METADATA } from '@nestjs/websockets/constants.js';
import { z } from 'zod';
import { ACCESS_METADATA, type Access } from '../common/auth/access.decorator.js';

export interface GatewayEvent {
  readonly name: string;
  readonly payload: z.ZodType;
  readonly access: Access | undefined;
}

/** Every client event, in the order of their names. */
export function gatewayEvents(application: INestApplicationContext): GatewayEvent[] {
  const providers = new DiscoveryService(application.get(ModulesContainer, { strict: false })).getProviders();
  const gateways = new Set(
    providers.flatMap(({ metatype }) =>
      typeof metatype === 'function' && Reflect.hasMetadata(GATEWAY_METADATA, metatype) ? [metatype] : [],
    ),
  );
  return [...gateways].flatMap(eventsOf).sort((one, other) => (one.name < other.name ? -1 : 1));
}

function eventsOf(gateway: NonNullable<unknown> & { prototype?: unknown }): GatewayEvent[] {
  const prototype = gateway.prototype as Record<string, object>;
  return new MetadataScanner().getAllMethodNames(prototype).flatMap((method) => {
    const handler = prototype[method];
    const name = handler && (Reflect.getMetadata(MESSAGE_METADATA, handler) as string | undefined);
    if (name === undefined) return [];
    return [
      {
        name,
        payload: payloadOf(gateway, method),
        access: Reflect.getMetadata(ACCESS_METADATA, handler as object) as Access | undefined,
      },
    ];
  });
}

/** The schema beside the payload parameter; anything, where there is none. */
function payloadOf(gateway: object, method: string): z.ZodType {
  const parameters = (Reflect.getMetadata(PARAM_ARGS_METADATA, gateway, method) ?? {}) as Record<
    string,
    { schema?: unknown }
  >;
  const schema = Object.values(parameters).find((parameter) => parameter.schema !== undefined)?.schema;
  return schema instanceof z.ZodType ? schema : z.unknown();
}
