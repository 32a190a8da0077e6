# The same image for release, web and worker; only the command differs.
FROM node:24-slim

# Agents and the spec check work on real checkouts.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git ca-certificates \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /app
ENV NODE_ENV=production
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund && npm cache clean --force
COPY . .

# Clones and agent runs; a volume where they should outlive the container. They can be made again.
RUN mkdir --parents /data && chown node:node /data
ENV LOCKSTEP_DATA=/data PORT=3000
VOLUME /data
EXPOSE 3000

USER node
CMD ["node", "src/web.ts"]
