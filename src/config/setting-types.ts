// How the text of one environment variable becomes a value. Each parser throws an Error whose message says
// what is expected; env.ts puts the name of the variable in front.

import { parseRedisAddress } from './redis-address.js';

export type Parse<Value> = (text: string) => Value;

const DURATION_UNITS: Record<string, number> = { '': 1, s: 1, m: 60, h: 3_600, d: 86_400 };
const SIZE_UNITS: Record<string, number> = { '': 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

export const text: Parse<string> = (value) => value;

export const boolean: Parse<boolean> = (value) => {
  if (['true', '1', 'yes', 'on'].includes(value.toLowerCase())) return true;
  if (['false', '0', 'no', 'off'].includes(value.toLowerCase())) return false;
  throw new Error('expected true or false');
};

/** A whole number from `min` to `max`, both included. */
export function integer(min: number, max: number = Number.MAX_SAFE_INTEGER): Parse<number> {
  return (value) => {
    const number = Number(value);
    if (!/^-?\d+$/.test(value) || !Number.isSafeInteger(number) || number < min || number > max) {
      throw new Error(
        max === Number.MAX_SAFE_INTEGER
          ? `expected a whole number of at least ${min}`
          : `expected a whole number from ${min} to ${max}`,
      );
    }
    return number;
  };
}

/** A duration in seconds: `90`, `90s`, `30m`, `12h` or `30d`. */
export const seconds: Parse<number> = (value) => {
  const match = /^(\d{1,9})\s*([smhd]?)$/.exec(value);
  if (!match || Number(match[1]) === 0) throw new Error('expected a duration such as 90s, 30m, 12h or 30d');
  return Number(match[1]) * (DURATION_UNITS[match[2] ?? ''] ?? 1);
};

/** A duration as of seconds(), from `min` to `max` seconds, both included. */
export function secondsWithin(min: number, max: number): Parse<number> {
  return (value) => {
    const duration = seconds(value);
    if (duration < min || duration > max) throw new Error(`expected a duration from ${min}s to ${max}s`);
    return duration;
  };
}

/** A size in bytes: `1048576`, `512KiB`, `10MiB` or `1GiB`. */
export const bytes: Parse<number> = (value) => {
  const match = /^(\d{1,12})\s*(KiB|MiB|GiB)?$/.exec(value);
  if (!match || Number(match[1]) === 0) throw new Error('expected a size such as 512KiB, 10MiB or 1048576');
  return Number(match[1]) * (SIZE_UNITS[match[2] ?? ''] ?? 1);
};

/** One of the listed words. */
export function oneOf<const Values extends readonly string[]>(values: Values): Parse<Values[number]> {
  return (value) => {
    if (!values.includes(value)) throw new Error(`expected one of ${values.join(', ')}`);
    return value;
  };
}

/** An absolute URL with one of the given protocols, without a trailing slash. */
export function url(...protocols: string[]): Parse<string> {
  return (value) => {
    const parsed = URL.canParse(value) ? new URL(value) : undefined;
    if (!parsed || !protocols.includes(parsed.protocol)) {
      throw new Error(`expected a URL that starts with ${protocols.map((name) => `${name}//`).join(' or ')}`);
    }
    return value.replace(/\/+$/, '');
  };
}

/** Where Redis is, in one of the forms of parseRedisAddress(). */
export const redisUrl: Parse<string> = (value) => {
  parseRedisAddress(value);
  return value;
};

/** A comma-separated list of browser origins, such as `https://app.example.com`. */
export const origins: Parse<string[]> = (value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .map((item) => {
      const parsed = URL.canParse(item) ? new URL(item) : undefined;
      if (!parsed || parsed.origin === 'null' || parsed.origin !== item.replace(/\/$/, '').toLowerCase()) {
        throw new Error(`${JSON.stringify(item)} is not an origin such as https://app.example.com`);
      }
      return parsed.origin;
    });

/**
 * How far X-Forwarded-For is believed: a number of proxies, or a comma-separated list of proxy addresses,
 * subnets and the names loopback, linklocal and uniquelocal (the forms that Express takes).
 */
export const trustProxy: Parse<number | string[]> = (value) => {
  if (/^\d{1,2}$/.test(value)) return Number(value);
  const items = value.split(',').map((item) => item.trim());
  const allowed = /^(loopback|linklocal|uniquelocal|[0-9a-fA-F.:]+(\/\d{1,3})?)$/;
  if (items.some((item) => !allowed.test(item))) {
    throw new Error('expected a number of proxies or a list of proxy addresses');
  }
  return items;
};

/** A mail sender: `name@example.com` or `Name <name@example.com>`. */
export const mailbox: Parse<string> = (value) => {
  if (
    value.length > 320 ||
    !/^([^<>\r\n,;]*<[^\s<>@,;]+@[^\s<>@,;]+>|[^\s<>@,;]+@[^\s<>@,;]+)$/.test(value)
  ) {
    throw new Error('expected an address such as Milepost <no-reply@example.com>');
  }
  return value;
};
