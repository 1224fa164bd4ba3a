// docs/asyncapi.json is the served document, word for word, and it holds every event of the contract.
// `npm run asyncapi` writes it anew.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AsyncApiDocument } from '../../../src/app/asyncapi.js';
import { gatewayEvents } from '../../../src/app/asyncapi-gateways.js';
import { CLIENT_EVENTS, NOTICES, STORED_EVENTS, TRANSIENT_EVENTS } from '../../../src/app/asyncapi-events.js';
import { REPOSITORY } from '../../architecture/source-tree.js';
import { startApp, type TestApp } from '../../support/app.js';

const DOCUMENT = join(REPOSITORY, 'docs', 'asyncapi.json');
const SERVER_EVENTS = { ...STORED_EVENTS, ...TRANSIENT_EVENTS };

/** The names of the members of an interface of the contract, as written there. */
function namesIn(interfaceName: string): string[] {
  const contract = readFileSync(join(REPOSITORY, 'src', 'contracts', 'events.ts'), 'utf8');
  const body = contract.split(`export interface ${interfaceName} {\n`)[1]?.split('\n}')[0] ?? '';
  return [...body.matchAll(/^ {2}(?:'([\w.]+)'|(\w+)):/gm)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

/** Every reference of the document that leads nowhere. */
function brokenReferences(document: object): string[] {
  const lookUp = (pointer: string) =>
    pointer
      .slice(2)
      .split('/')
      .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document);
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
    ([, target = '']) => target,
  );
  expect(references.length).toBeGreaterThan(50);
  return references.filter((target) => !target.startsWith('#/') || lookUp(target) === undefined);
}

describe('docs/asyncapi.json', () => {
  let app: TestApp;
  let served: AsyncApiDocument;

  beforeAll(async () => {
    app = await startApp();
    const answer = await app.http().get('/asyncapi.json').expect(200);
    expect(answer.headers['content-type']).toContain('application/json');
    served = answer.body as AsyncApiDocument;
    const write = process.env['UPDATE_ASYNCAPI'] === '1' && !process.env['CI'];
    if (write) writeFileSync(DOCUMENT, `${JSON.stringify(served, null, 2)}\n`);
  });
  afterAll(() => app.close());

  it('equals what the API serves', () => {
    expect(JSON.parse(readFileSync(DOCUMENT, 'utf8'))).toEqual(served);
  });

  it('is AsyncAPI 3, complete in itself', () => {
    expect(served).toMatchObject({
      asyncapi: '3.0.0',
      info: { title: 'Milepost', version: '1' },
      servers: { milepost: { host: 'localhost:3000', pathname: '/socket.io', protocol: 'ws' } },
    });
    expect(brokenReferences(served)).toEqual([]);
    expect(JSON.stringify(served)).not.toContain(new URL(app.url).port);
  });

  it('has every event of the contract, in the channel of its stream', () => {
    expect(namesIn('EventTypes').sort()).toEqual(Object.keys(STORED_EVENTS).sort());
    expect(namesIn('TransientEventTypes').sort()).toEqual(Object.keys(TRANSIENT_EVENTS).sort());
    expect(namesIn('SocketNotices').sort()).toEqual(Object.keys(NOTICES).sort());
    for (const [name, { stream }] of Object.entries(SERVER_EVENTS)) {
      expect(served.components.messages[name]).toMatchObject({
        name,
        payload: { properties: { type: { const: name } } },
      });
      expect(served.channels[stream].messages).toHaveProperty([name]);
    }
    for (const name of Object.keys(NOTICES)) expect(served.channels.socket.messages).toHaveProperty([name]);
  });

  it('gives stored events a number and the others none', () => {
    const seqOf = (name: string) =>
      (served.components.messages[name]?.payload as { properties: { seq: unknown } }).properties.seq;
    for (const name of Object.keys(STORED_EVENTS)) expect(seqOf(name)).toMatchObject({ type: 'integer' });
    for (const name of Object.keys(TRANSIENT_EVENTS)) expect(seqOf(name)).toEqual({ type: 'null' });
  });

  it('has every client event that a gateway answers, with payload and acknowledgement', () => {
    const answered = gatewayEvents(app.api).map(({ name }) => name);
    expect(answered).toEqual(Object.keys(CLIENT_EVENTS).sort());
    expect(namesIn('ClientEventTypes').sort()).toEqual(answered);
    for (const name of answered) {
      expect(served.operations[`client.${name}`]).toMatchObject({
        action: 'receive',
        messages: [{ $ref: `#/channels/socket/messages/client.${name}` }],
        reply: { messages: [{ $ref: `#/channels/socket/messages/client.${name}.ack` }] },
      });
      expect(served.components.messages[`client.${name}.ack`]?.payload).toMatchObject({
        anyOf: [{ properties: { ok: { const: true } } }, { properties: { ok: { const: false } } }],
      });
    }
    expect(served.components.messages['client.chat.send']?.payload).toMatchObject({
      required: ['room', 'body'],
      additionalProperties: false,
    });
  });
});
