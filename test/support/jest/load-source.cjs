// Loads our TypeScript in the global set-up: Jest compiles it there, but asks Node where it is, and Node does not
// know that `.js` in our imports means `.ts`.
const { existsSync } = require('node:fs');
const Module = require('node:module');
const { dirname, resolve } = require('node:path');

const resolveFilename = Module._resolveFilename;

Module._resolveFilename = function (request, parent, ...rest) {
  if (request.startsWith('.') && request.endsWith('.js') && parent?.filename?.endsWith('.ts')) {
    const source = resolve(dirname(parent.filename), `${request.slice(0, -3)}.ts`);
    if (existsSync(source)) return source;
  }
  return resolveFilename.call(this, request, parent, ...rest);
};

/** @param {string} path relative to this file, as in an import */
module.exports = (path) => require(resolve(__dirname, `${path.slice(0, -3)}.ts`));
