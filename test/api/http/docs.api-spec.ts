// /docs works under its own policy, without other hosts; the document says how to sign in.

import { expectSecurityHeaders } from './expectations.js';
import { startHttp, type HttpTestApp } from './http-test-app.js';
import { ProbeController } from './probe.controller.js';

interface Document {
  readonly paths: Record<
    string,
    Record<string, { security: unknown[]; responses: Record<string, unknown>; requestBody?: unknown }>
  >;
  readonly components: { securitySchemes: Record<string, unknown>; schemas: Record<string, unknown> };
}

describe('documents', () => {
  let app: HttpTestApp;
  beforeAll(async () => {
    app = await startHttp({ controllers: [ProbeController] });
  });
  afterAll(() => app.close());

  it('serves the OpenAPI document with schemas, problems and ways to sign in', async () => {
    const answer = await app.http().get('/openapi.json').expect(200);
    expectSecurityHeaders(answer);
    const { paths, components } = answer.body as Document;
    expect(components.securitySchemes).toMatchObject({
      bearer: { type: 'http', scheme: 'bearer' },
      apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      password: { type: 'oauth2', flows: { password: { tokenUrl: '/api/v1/auth/token' } } },
      cookie: { type: 'apiKey', in: 'cookie', name: 'mp_access' },
    });
    expect(components.schemas).toHaveProperty('Problem');
    const create = paths['/api/v1/notes']?.['post'];
    expect(JSON.stringify(create?.requestBody)).toContain('"title"');
    expect(Object.keys(create?.responses ?? {})).toEqual([
      '201',
      '400',
      '401',
      '403',
      '404',
      '409',
      '413',
      '415',
      '422',
      '429',
      '503',
    ]);
    expect(create?.security).toEqual([]);
  });

  it('is the same document each time', async () => {
    const first = await app.http().get('/openapi.json');
    const other = await startHttp({ controllers: [ProbeController] });
    expect((await other.http().get('/openapi.json')).text).toBe(first.text);
    await other.close();
  });

  it('serves Swagger UI with scripts of its own only', async () => {
    const page = await app.http().get('/docs').expect(200);
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("script-src 'self'");
    expect(page.text).not.toMatch(/<script>|https?:\/\/(?!www\.w3\.org)/);
    const scripts = [...page.text.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)].map(
      ([, path]) => path ?? '',
    );
    expect(scripts.length).toBeGreaterThanOrEqual(4);
    for (const path of scripts) {
      const script = await app
        .http()
        .get(new URL(path, `${app.url}/docs`).pathname)
        .expect(200);
      expect(script.headers['content-security-policy']).toBe(policy);
    }
  });
});
