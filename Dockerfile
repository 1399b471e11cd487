FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The embedded PostgreSQL is for trying things out: production names its server.
RUN npm ci --omit=dev --omit=optional --ignore-scripts && npm cache clean --force
COPY . .
USER node
EXPOSE 4000
STOPSIGNAL SIGTERM
CMD ["npm", "run", "start:api"]
