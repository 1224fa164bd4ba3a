// What every answer of the API has to look like.

export const SECURITY_HEADERS: Readonly<Record<string, string | RegExp>> = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'permissions-policy': /camera=\(\)/,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-dns-prefetch-control': 'off',
  'x-download-options': 'noopen',
  'x-permitted-cross-domain-policies': 'none',
  'x-xss-protection': '0',
  'x-request-id': /^[A-Za-z0-9._-]{1,64}$/,
};

interface Answer {
  readonly headers: Record<string, string>;
}

/** Fails unless `answer` has all security headers and gives nothing away. */
export function expectSecurityHeaders(answer: Answer): void {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
    expect([name, answer.headers[name]]).toEqual([
      name,
      value instanceof RegExp ? expect.stringMatching(value) : value,
    ]);
  }
  expect(answer.headers).not.toHaveProperty('x-powered-by');
  expect(answer.headers).not.toHaveProperty('server');
}

/** Fails unless `answer` is the problem document of `code`; returns the document. */
export function expectProblem(
  answer: Answer & { status: number; body: unknown },
  status: number,
  code: string,
): Record<string, unknown> {
  const body = (typeof answer.body === 'string' ? JSON.parse(answer.body) : answer.body) as Record<
    string,
    unknown
  >;
  expect(body).toMatchObject({
    type: `urn:milepost:problem:${code}`,
    title: expect.any(String),
    status,
    detail: expect.any(String),
    code,
    requestId: answer.headers['x-request-id'],
  });
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  expect(answer.headers['cache-control']).toBe('no-store');
  expectSecurityHeaders(answer);
  return body;
}
