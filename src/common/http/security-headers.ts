// The security headers of every answer, worked out once at start.

import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';
import type { HttpConfig } from '../../config/app-config.js';

export type HeaderPairs = readonly (readonly [name: string, value: string])[];

const PERMISSIONS = [
  'camera',
  'geolocation',
  'microphone',
  'payment',
  'usb',
  'display-capture',
  'browsing-topics',
];

/**
 * The headers that every answer carries, raw error answers included. Errors and documents are not to be
 * stored either, so `Cache-Control: no-store` is among them; what may be stored says so itself.
 */
export function securityHeaders(config: HttpConfig): HeaderPairs {
  const noStore = ['Cache-Control', 'no-store'] as const;
  if (!config.securityHeaders) return [noStore];
  const hsts = config.strictTransportSecurity;
  return [
    ...helmetHeaders(),
    ['Content-Security-Policy', config.contentSecurityPolicy],
    ['Permissions-Policy', PERMISSIONS.map((feature) => `${feature}=()`).join(', ')],
    ...(hsts ? [['Strict-Transport-Security', hsts] as const] : []),
    noStore,
  ];
}

// helmet runs once, on a response that nobody receives: per request it costs ten times as much.
function helmetHeaders(): HeaderPairs {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  const set = helmet({
    contentSecurityPolicy: false,
    strictTransportSecurity: false,
    originAgentCluster: false,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  });
  set(response.req, response, () => undefined);
  // getRawHeaderNames() keeps the case in which they are documented.
  return Object.keys(response.getHeaders()).map((name) => [
    titleCase(name),
    String(response.getHeader(name)),
  ]);
}

function titleCase(name: string): string {
  return name
    .split('-')
    .map((word) =>
      word === 'dns' || word === 'xss' ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1),
    )
    .join('-');
}
