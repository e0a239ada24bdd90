import { ActionIcon, Button, Skeleton } from "@mantine/core";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import {
  type ServiceClient,
  useDeleteServiceClient,
  useReplaceSecret,
  useServiceClients,
} from "../../api/service_clients";
import { AdminOnly } from "../../components/AdminOnly";
import { Ago } from "../../components/Ages";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import { IconKey, IconPlus, IconRobot, IconTrash } from "../../components/icons";
import { Page } from "../../components/Page";
import { lazyPart } from "../../components/parts";
import table from "../../components/table.module.css";
import { useToasts } from "../../components/toasts";

const ClientDialog = lazyPart(() => import("./ClientDialog"));
const ClientSecretDialog = lazyPart(() => import("./ClientSecretDialog"));

export function ClientsPage() {
  return (
    <AdminOnly>
      <Clients />
    </AdminOnly>
  );
}

/** Other systems that may ask Vitrina, each with rights of its own. */
function Clients() {
  const { t } = useTranslation();
  const { data: clients, error, refetch } = useServiceClients();
  const [isCreating, setCreating] = useState(false);
  return (
    <Page
      title={t("nav.clients")}
      actions={
        <Button size="xs" leftSection={<IconPlus size={15} />} onClick={() => setCreating(true)}>
          {t("clients.create")}
        </Button>
      }
    >
      {error && <ErrorPanel error={error} onRetry={() => void refetch()} variant={clients ? "line" : "block"} />}
      {clients === undefined && error === null && <Skeleton height={120} className="late" aria-hidden="true" />}
      {clients?.length === 0 && <EmptyState icon={IconRobot} title={t("clients.none")} text={t("clients.noneText")} />}
      {clients !== undefined && clients.length > 0 && (
        <div className={`card ${table.frame}`}>
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">{t("clients.name")}</th>
                <th scope="col">client_id</th>
                <th scope="col">{t("settings.role")}</th>
                <th scope="col">{t("overview.sources")}</th>
                <th scope="col">{t("clients.lastUsed")}</th>
                <th scope="col">
                  <span className="visually-hidden">{t("palette.acts")}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {clients.map((client) => (
                <ClientRow key={client.client_id} client={client} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Suspense>{isCreating && <ClientDialog onClose={() => setCreating(false)} />}</Suspense>
    </Page>
  );
}

function ClientRow({ client }: { client: ServiceClient }) {
  const { t } = useTranslation();
  const toasts = useToasts();
  const replace = useReplaceSecret();
  const remove = useDeleteServiceClient();
  const { client_id: id, name } = client;
  const newSecret = t("clients.newSecret", { name });
  const deletion = t("clients.delete", { name });
  return (
    <tr data-client={id}>
      <td>
        <strong>{name}</strong>
      </td>
      <td className="mono">{id}</td>
      <td>
        {t(`role.${client.role}`)} · {t(client.scope === "write" ? "tokens.write" : "tokens.read")}
      </td>
      <td>{client.sources.includes("*") ? t("settings.allSources") : client.sources.join(", ")}</td>
      <td className="dim">{client.last_used_at ? <Ago at={client.last_used_at} /> : t("tokens.unused")}</td>
      <td className={table.acts}>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={newSecret}
          title={newSecret}
          loading={replace.isPending}
          onClick={() => replace.mutate(id, { onError: toasts.failed })}
        >
          <IconKey size={16} />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={deletion}
          title={deletion}
          loading={remove.isPending}
          onClick={() =>
            remove.mutate(id, { onSuccess: () => toasts.done(t("clients.deleted", { name })), onError: toasts.failed })
          }
        >
          <IconTrash size={16} />
        </ActionIcon>
        <Suspense>
          {replace.data && <ClientSecretDialog client={replace.data} onClose={() => replace.reset()} />}
        </Suspense>
      </td>
    </tr>
  );
}
