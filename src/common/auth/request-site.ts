// Whether a request was made by our own pages or by someone else's. Browsers say so in two headers that no
// page can forge: Sec-Fetch-Site and Origin. SameSite=Lax alone would leave sibling subdomains a way in.

import { Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import type { ServiceConfig } from '../../config/app-config.js';
import { CONFIG } from '../../config/config.token.js';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

export function isSafeMethod(method: string): boolean {
  return SAFE_METHODS.has(method);
}

@Injectable()
export class RequestSite {
  private readonly publicOrigin: string;
  private readonly allowedOrigins: ReadonlySet<string>;

  constructor(@Inject(CONFIG) config: ServiceConfig) {
    this.publicOrigin = new URL(config.http.publicUrl).origin;
    this.allowedOrigins = new Set([this.publicOrigin, ...config.http.corsOrigins]);
  }

  /** True when the browser vouches for the request: our own page, an allowed one, or the address bar. */
  isTrusted(request: Request): boolean {
    const site = request.headers['sec-fetch-site'];
    return site === 'same-origin' || site === 'none' || this.isOwnOrigin(request);
  }

  /**
   * True when the request comes from a page that is neither ours nor allowed. A request that says nothing
   * about its page is not foreign: it comes from a program, not from a browser.
   */
  isForeign(request: Request): boolean {
    const { origin } = request.headers;
    const site = request.headers['sec-fetch-site'];
    return (origin !== undefined || site !== undefined) && !this.isTrusted(request);
  }

  /**
   * Own are the origin of PUBLIC_URL, those of CORS_ORIGINS, and the origin the request itself was sent to.
   * The last one serves people who reach the process by another name (127.0.0.1, a LAN address). It lets
   * nobody in: cookies belong to a host, so a page of another host, a rebound name included, has none of
   * ours to send. Behind an https PUBLIC_URL a plain http page does not count, as anyone on the wire can
   * make one.
   */
  private isOwnOrigin(request: Request): boolean {
    const { origin, host } = request.headers;
    if (origin === undefined) return false;
    if (this.allowedOrigins.has(origin)) return true;
    if (this.publicOrigin.startsWith('https:') && request.protocol !== 'https') return false;
    return origin === `${request.protocol}://${host}`.toLowerCase();
  }
}
