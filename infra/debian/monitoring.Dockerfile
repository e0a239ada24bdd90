# Prometheus and Alertmanager of Debian; targets `prometheus` and `alertmanager`.
ARG PLAIN_BASE=vitrina/base-plain
FROM ${PLAIN_BASE} AS packages
RUN apt-get update -qq \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends prometheus prometheus-alertmanager > /dev/null

FROM ${PLAIN_BASE} AS prometheus
COPY --from=packages /usr/bin/prometheus /usr/bin/promtool /bin/
USER 65532:65532
EXPOSE 9090
ENTRYPOINT ["/bin/prometheus"]

FROM ${PLAIN_BASE} AS alertmanager
COPY --from=packages /usr/bin/prometheus-alertmanager /bin/alertmanager
COPY --from=packages /usr/bin/amtool /bin/
COPY --from=packages /usr/share/prometheus/alertmanager /usr/share/prometheus/alertmanager
USER 65532:65532
EXPOSE 9093
ENTRYPOINT ["/bin/alertmanager"]
