# PostgreSQL of Debian; understands the little of the official image's environment that compose.yaml uses.
ARG PLAIN_BASE=vitrina/base-plain
FROM ${PLAIN_BASE}
# Without the compiler for queries, half of the package's size: compose.yaml turns it off.
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends postgresql-17 > /dev/null \
 && rm -rf /usr/lib/*/libLLVM* /usr/lib/postgresql/17/lib/bitcode \
 && rm -rf /var/lib/postgresql/* /var/lib/apt/lists/* /var/cache/apt/* /var/log/* /usr/share/doc/* /usr/share/man/* \
 && echo 'vitrina:x:65532:65532:Vitrina:/nonexistent:/usr/sbin/nologin' >> /etc/passwd \
 && echo 'vitrina:x:65532:' >> /etc/group
COPY postgres-entrypoint /usr/local/bin/docker-entrypoint.sh
ENV PATH=/usr/lib/postgresql/17/bin:$PATH PGDATA=/var/lib/postgresql/data LC_ALL=C.UTF-8
USER 65532:65532
STOPSIGNAL SIGINT
EXPOSE 5432
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]
