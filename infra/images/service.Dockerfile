# Image of a service (target `service`; SERVICE is its folder below services/, MODULE its Python package), of the registry
# (target `registry`), and of the one-shot that sets an installation up (target `setup`).
# Context: the root of the repository. All of them share the layer with the packages.
ARG PYTHON_BASE=python:3.13-slim-trixie
ARG PYTHON_BUILD_BASE=${PYTHON_BASE}

FROM ${PYTHON_BUILD_BASE} AS packages
COPY requirements-service.lock /tmp/
RUN python3 -m venv --without-pip /opt/venv \
 && python3 -m pip --python /opt/venv/bin/python install \
      --no-cache-dir --disable-pip-version-check --only-binary :all: --no-deps --require-hashes -r /tmp/requirements-service.lock

# Our own code runs from where it lies, compiled here because the root of a container is read-only.
FROM ${PYTHON_BASE} AS shared
ENV PATH=/opt/venv/bin:$PATH PYTHONPATH=/vitrina/lib:/vitrina/service PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 MALLOC_ARENA_MAX=2 \
    LC_ALL=C.UTF-8
COPY --from=packages /opt/venv /opt/venv
COPY infra/images/health.py /vitrina/health.py
COPY services/contracts/vitrina_contracts /vitrina/lib/vitrina_contracts
COPY services/kit/vitrina_kit /vitrina/lib/vitrina_kit
RUN echo 'vitrina:x:65532:65532:Vitrina:/nonexistent:/usr/sbin/nologin' >> /etc/passwd \
 && echo 'vitrina:x:65532:' >> /etc/group \
 && python -m compileall -q --invalidation-mode unchecked-hash /vitrina
USER 65532:65532

FROM shared AS setup
USER 0:0
# For backups: pg_dump of the server's version, and the revisions of the tables that this version knows.
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql-client-17 > /dev/null \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/* /usr/share/doc/* /usr/share/man/*
COPY services/registry/migrations /vitrina/services/registry/migrations
COPY services/auth/migrations /vitrina/services/auth/migrations
COPY infra/embedded/vitrina_embedded /vitrina/infra/embedded/vitrina_embedded
COPY infra/compose/vitrina_compose /vitrina/infra/compose/vitrina_compose
COPY infra/nats /vitrina/infra/nats
COPY infra/prometheus /vitrina/infra/prometheus
COPY infra/alertmanager /vitrina/infra/alertmanager
RUN python -m compileall -q --invalidation-mode unchecked-hash /vitrina
ENV PYTHONPATH=/vitrina/lib:/vitrina/infra/embedded:/vitrina/infra/compose
ARG VERSION=unknown
ENV VITRINA_VERSION=${VERSION}
LABEL org.opencontainers.image.title="Vitrina setup" \
      org.opencontainers.image.description="Makes the secrets, configuration and database roles of an installation" \
      org.opencontainers.image.vendor="Vitrina" \
      org.opencontainers.image.version="${VERSION}"
ENTRYPOINT ["python", "-m", "vitrina_compose"]

FROM shared AS service
ARG SERVICE
ARG MODULE
COPY services/${SERVICE} /vitrina/service
USER 0:0
RUN python -m compileall -q --invalidation-mode unchecked-hash /vitrina
USER 65532:65532
ENV VITRINA_MODULE=${MODULE} VITRINA_HOST=0.0.0.0 VITRINA_API_PORT=8000 VITRINA_INTERNAL_PORT=8001
# uvicorn's: who is believed about a client's address. The edge is at another one than loopback, and it alone brings people
# here: the port is published nowhere. Without this all people would have the edge's address, and share its back-off.
ENV FORWARDED_ALLOW_IPS=*
EXPOSE 8000 8001
ARG VERSION=unknown
LABEL org.opencontainers.image.title="Vitrina ${SERVICE}" \
      org.opencontainers.image.description="The service ${SERVICE} of Vitrina" \
      org.opencontainers.image.vendor="Vitrina" \
      org.opencontainers.image.version="${VERSION}"
ENTRYPOINT ["sh", "-c", "exec python -m \"$VITRINA_MODULE\" \"$@\"", "--"]

FROM shared AS manifests
COPY --chown=65532:65532 exporters /vitrina/exporters
RUN find /vitrina/exporters -type f ! -name manifest.yaml ! -path '*/strings/*.json' -delete \
 && find /vitrina/exporters -type d -empty -delete

# The registry offers the exporter types whose manifests it holds.
FROM service AS registry
COPY --from=manifests /vitrina/exporters /vitrina/exporters
ENV VITRINA_EXPORTERS_DIR=/vitrina/exporters
