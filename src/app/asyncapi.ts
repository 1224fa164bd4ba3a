// The AsyncAPI 3 document: every event that goes over a socket, made from the contract's types, the schemas the
// routes use as well, and the gateways. The same code gives the same document, kept in docs/asyncapi.json.

import type { INestApplicationContext } from '@nestjs/common';
import {
  clientMessages,
  noticeMessages,
  reference,
  streamMessages,
  type Message,
  type Reference,
} from './asyncapi-messages.js';
import { SharedSchemas, type JsonSchema } from './asyncapi-schemas.js';

type ChannelName = 'user' | 'room' | 'socket';
interface Channel {
  readonly address: string;
  readonly description: string;
  readonly parameters?: Record<string, object>;
  readonly messages: Record<string, Reference>;
}

export interface AsyncApiDocument {
  readonly asyncapi: '3.0.0';
  readonly info: object;
  readonly defaultContentType: string;
  readonly servers: Record<string, object>;
  readonly channels: Record<ChannelName, Channel>;
  readonly operations: Record<string, object>;
  readonly components: {
    readonly messages: Record<string, Message>;
    readonly schemas: Record<string, JsonSchema>;
    readonly securitySchemes: object;
  };
}

const DESCRIPTION =
  'Socket.IO 4, namespace `/`. The handshake carries a credential: `auth.token`, `auth.apiKey`, the session cookie ' +
  'or `?token=`. Stored events have a `seq` that grows by one per stream without a gap; what was missed comes with ' +
  '`sync`, or by `GET /api/v1/events`. Every client event is acknowledged.';

/**
 * The document of all events that `application` sends and answers.
 * @param publicUrl where clients reach it
 */
export function buildAsyncApiDocument(
  application: INestApplicationContext,
  publicUrl: string,
): AsyncApiDocument {
  const schemas = new SharedSchemas();
  const events = streamMessages(schemas);
  const notices = noticeMessages(schemas);
  const { calls, operations } = clientMessages(application, schemas);
  const own = { ...notices, ...calls };
  const messages = { ...Object.fromEntries(events.map(({ message }) => [message.name, message])), ...own };
  const inStream = (stream: 'user' | 'room') =>
    events.filter((event) => event.stream === stream).map(({ message }) => message.name);
  return {
    asyncapi: '3.0.0',
    info: { title: 'Milepost', version: '1', description: DESCRIPTION },
    defaultContentType: 'application/json',
    servers: { milepost: serverAt(new URL(publicUrl)) },
    channels: {
      user: {
        address: 'user:{userId}',
        description: 'Everything that happens to a user; all their sockets are in it.',
        parameters: { userId: { description: 'Id of the user.' } },
        messages: references('components/messages', inStream('user')),
      },
      room: {
        address: 'room:{roomId}',
        description: 'Everything that happens in a room; all sockets of its members are in it.',
        parameters: { roomId: { description: 'Id of the room.' } },
        messages: references('components/messages', inStream('room')),
      },
      socket: {
        address: '/',
        description: 'Between the server and one socket.',
        messages: references('components/messages', Object.keys(own)),
      },
    },
    operations: {
      tellUser: sending('user', inStream('user')),
      tellRoom: sending('room', inStream('room')),
      tellSocket: sending('socket', Object.keys(notices)),
      ...operations,
    },
    components: { messages, schemas: sortedByName(schemas.components), securitySchemes: SECURITY_SCHEMES },
  };
}

const SECURITY_SCHEMES = {
  token: { type: 'http', scheme: 'bearer', description: 'An access token, as `auth.token` or `?token=`.' },
  apiKey: { type: 'userPassword', description: 'An API key, as `auth.apiKey`.' },
  cookie: { type: 'httpApiKey', in: 'cookie', name: 'mp_access' },
};

function serverAt(url: URL): object {
  const security = Object.keys(SECURITY_SCHEMES).map((name) => reference('components/securitySchemes', name));
  return {
    host: url.host,
    pathname: '/socket.io',
    protocol: url.protocol === 'https:' ? 'wss' : 'ws',
    description: 'Socket.IO over WebSocket or HTTP long polling.',
    security,
  };
}

function sending(channel: ChannelName, messages: readonly string[]): object {
  return {
    action: 'send',
    channel: reference('channels', channel),
    messages: messages.map((name) => reference(`channels/${channel}/messages`, name)),
  };
}

function references(section: string, names: readonly string[]): Record<string, Reference> {
  return Object.fromEntries(names.map((name) => [name, reference(section, name)]));
}

function sortedByName<Value>(values: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1)));
}
