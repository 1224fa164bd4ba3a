// What docs say about events, as a test of what really goes over a socket.

import { z } from 'zod';
import type { AsyncApiDocument } from '../../src/app/asyncapi.js';
import type { TestApp } from './app.js';

type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];

/** Checks payloads against the AsyncAPI document that `app` serves. */
export class DocumentedEvents {
  private readonly schemas = new Map<string, z.ZodType>();

  private constructor(private readonly document: AsyncApiDocument) {}

  static async of(app: TestApp): Promise<DocumentedEvents> {
    const answer = await app.http().get('/asyncapi.json').expect(200);
    return new DocumentedEvents(answer.body as AsyncApiDocument);
  }

  /** Keys of all messages. */
  get keys(): string[] {
    return Object.keys(this.document.components.messages);
  }

  /**
   * What is wrong with a payload, in words; empty when nothing is.
   * @param key of the message, such as `task.created`, `client.sync` or `client.sync.ack`
   */
  problems(key: string, payload: unknown): string[] {
    const { error } = this.schemaOf(key).safeParse(payload);
    return (error?.issues ?? []).map(({ path, message }) => `${key}: ${path.join('.')}: ${message}`);
  }

  private schemaOf(key: string): z.ZodType {
    const known = this.schemas.get(key);
    if (known) return known;
    const { messages, schemas } = this.document.components;
    const message = messages[key];
    if (!message) throw new Error(`the document has no message ${key}`);
    const whole = JSON.stringify({ ...message.payload, $defs: schemas });
    const local = JSON.parse(whole.replaceAll('#/components/schemas/', '#/$defs/')) as JsonSchema;
    const schema = z.fromJSONSchema(local);
    this.schemas.set(key, schema);
    return schema;
  }
}
