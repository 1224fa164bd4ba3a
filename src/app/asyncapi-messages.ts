// The messages of the AsyncAPI document: one per server event, and two per client event, what goes and what is
// acknowledged.

import type { INestApplicationContext } from '@nestjs/common';
import { z } from 'zod';
import type { Access } from '../common/auth/access.decorator.js';
import { timestamp, uuid } from '../common/http/fields.js';
import { CLIENT_EVENTS, NOTICES, STORED_EVENTS, TRANSIENT_EVENTS } from './asyncapi-events.js';
import { gatewayEvents } from './asyncapi-gateways.js';
import type { JsonSchema, SharedSchemas } from './asyncapi-schemas.js';

export interface Message {
  readonly name: string;
  readonly summary: string;
  readonly payload: JsonSchema;
}
export interface Reference {
  readonly $ref: string;
}

const ackError = z
  .looseObject({ code: z.string(), detail: z.string() })
  .meta({ id: 'AckError', description: '`code` is stable, and the same as over HTTP.' });

/** The message of each event of a stream, and whose streams those are. */
export function streamMessages(schemas: SharedSchemas): { message: Message; stream: 'user' | 'room' }[] {
  const stored = Object.entries(STORED_EVENTS).map((entry) => [...entry, z.int().min(1)] as const);
  const transient = Object.entries(TRANSIENT_EVENTS).map((entry) => [...entry, z.null()] as const);
  return [...stored, ...transient].map(([name, { summary, data, stream }, seq]) => {
    const envelope = z.object({
      id: uuid,
      stream: z.string(),
      seq,
      type: z.literal(name),
      at: timestamp,
      data,
    });
    return { message: { name, summary, payload: schemas.of(envelope, 'output') }, stream };
  });
}

/** Messages of what the server tells one socket. */
export function noticeMessages(schemas: SharedSchemas): Record<string, Message> {
  return Object.fromEntries(
    Object.entries(NOTICES).map(([name, { summary, data }]) => [
      name,
      { name, summary, payload: schemas.of(data, 'output') },
    ]),
  );
}

/** Messages of client events and their acknowledgements, and the operations that answer them. */
export function clientMessages(application: INestApplicationContext, schemas: SharedSchemas) {
  const calls: Record<string, Message> = {};
  const operations: Record<string, object> = {};
  for (const { name, payload, access } of gatewayEvents(application)) {
    if (!isClientEvent(name)) throw new Error(`the client event ${name} is not in the contract`);
    const { summary, data } = CLIENT_EVENTS[name];
    const [call, ack] = [`client.${name}`, `client.${name}.ack`];
    const reply = z.union([
      z.object({ ok: z.literal(true), data }),
      z.object({ ok: z.literal(false), error: ackError }),
    ]);
    calls[call] = { name, summary, payload: schemas.of(payload, 'input') };
    calls[ack] = {
      name,
      summary: `The acknowledgement of \`${name}\`.`,
      payload: schemas.of(reply, 'output'),
    };
    operations[call] = {
      action: 'receive',
      channel: reference('channels', 'socket'),
      summary: `${summary}${scopeOf(access)}`,
      messages: [reference('channels/socket/messages', call)],
      reply: {
        channel: reference('channels', 'socket'),
        messages: [reference('channels/socket/messages', ack)],
      },
    };
  }
  return { calls, operations };
}

function isClientEvent(name: string): name is keyof typeof CLIENT_EVENTS {
  return Object.hasOwn(CLIENT_EVENTS, name);
}

function scopeOf(access: Access | undefined): string {
  if (access?.kind !== 'signed_in') return '';
  if (access.apiKey === 'never') return ' Not with an API key.';
  return access.apiKey === 'any' ? '' : ` An API key needs the scope \`${access.apiKey.scope}\`.`;
}

/** A reference to `name` below `section` of the document. */
export function reference(section: string, name: string): Reference {
  return { $ref: `#/${section}/${name}` };
}
