FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Optional packages stay: esbuild, which runs the sources, comes as one.
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force
COPY . .
USER node
EXPOSE 4000
STOPSIGNAL SIGTERM
CMD ["npm", "run", "start:api"]
