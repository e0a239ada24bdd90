# Bases made of Debian packages alone. Targets: `plain` (a shell and certificates), `python` (what services and exporters
# run on), `python-build` (with pip; nothing of it gets into an image that runs).
ARG DEBIAN=vitrina/debian
FROM ${DEBIAN} AS plain
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends busybox-static > /dev/null \
 && ln -s /usr/bin/busybox /usr/local/bin/wget \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/* /usr/share/doc/* /usr/share/man/*

FROM plain AS python
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3 > /dev/null \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/* /usr/share/doc/* /usr/share/man/*

FROM python AS python-build
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3-pip python3-venv > /dev/null \
 && rm -rf /var/lib/apt/lists/* /var/cache/apt/* /var/log/* /usr/share/doc/* /usr/share/man/*
ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt
