# Image of an exporter; PLATFORM is its folder below exporters/. It holds the SDK and no code of a service.
# Context: the root of the repository. All exporters share every layer but the last ones.
ARG PYTHON_BASE=python:3.13-slim-trixie
ARG PYTHON_BUILD_BASE=${PYTHON_BASE}

FROM ${PYTHON_BUILD_BASE} AS packages
COPY requirements-exporter.lock /tmp/
RUN python3 -m venv --without-pip /opt/venv \
 && python3 -m pip --python /opt/venv/bin/python install \
      --no-cache-dir --disable-pip-version-check --only-binary :all: --no-deps --require-hashes -r /tmp/requirements-exporter.lock

# Our own code runs from where it lies, compiled here because the root of a container is read-only.
FROM ${PYTHON_BASE}
ENV PATH=/opt/venv/bin:$PATH PYTHONPATH=/vitrina/lib:/vitrina/exporter PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    MALLOC_ARENA_MAX=2 LC_ALL=C.UTF-8
COPY --from=packages /opt/venv /opt/venv
COPY services/contracts/vitrina_contracts /vitrina/lib/vitrina_contracts
COPY exporters/sdk/vitrina_sdk /vitrina/lib/vitrina_sdk
# The folders are the mount points of the configuration, which root writes, and of the statuses, which the exporter does.
RUN echo 'vitrina:x:65532:65532:Vitrina:/nonexistent:/usr/sbin/nologin' >> /etc/passwd \
 && echo 'vitrina:x:65532:' >> /etc/group \
 && mkdir -p /etc/vitrina /var/lib/vitrina && chown 65532:65532 /var/lib/vitrina \
 && python -m compileall -q --invalidation-mode unchecked-hash /vitrina
ARG PLATFORM
COPY exporters/${PLATFORM} /vitrina/exporter
RUN python -m compileall -q --invalidation-mode unchecked-hash /vitrina/exporter
USER 65532:65532
ENV VITRINA_MODULE=vitrina_${PLATFORM}
EXPOSE 9000
ARG VERSION=unknown
LABEL org.opencontainers.image.title="Vitrina exporter ${PLATFORM}" \
      org.opencontainers.image.description="Asks the vendor ${PLATFORM} about its devices and serves them as metrics" \
      org.opencontainers.image.vendor="Vitrina" \
      org.opencontainers.image.version="${VERSION}"
ENTRYPOINT ["sh", "-c", "exec python -m \"$VITRINA_MODULE\" \"$@\"", "--"]
