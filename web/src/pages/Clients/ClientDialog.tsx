import { Button, NativeSelect, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { type NewServiceClient, useCreateServiceClient } from "../../api/service_clients";
import { Dialog } from "../../components/Dialog";
import { ErrorPanel } from "../../components/ErrorPanel";
import classes from "../Users/UsersPage.module.css";
import ClientSecretDialog from "./ClientSecretDialog";

/** What another system is called and may do; then its secret, once. */
export default function ClientDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const create = useCreateServiceClient();
  const [role, setRole] = useState("service");
  if (create.data !== undefined) return <ClientSecretDialog client={create.data} onClose={onClose} />;

  function onSubmit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    create.mutate(readClient(new FormData(event.currentTarget)));
  }

  return (
    <Dialog onClose={onClose} title={t("clients.create")}>
      <form className={classes.dialog} onSubmit={onSubmit}>
        <TextInput name="client-name" label={t("clients.name")} required withAsterisk={false} maxLength={63} />
        <NativeSelect
          name="client-role"
          label={t("settings.role")}
          description={t("clients.roleHelp")}
          data={[
            { value: "service", label: t("role.service") },
            { value: "manager", label: t("role.manager") },
            { value: "admin", label: t("role.admin") },
          ]}
          value={role}
          onChange={(event) => setRole(event.currentTarget.value)}
        />
        {role !== "admin" && (
          <TextInput
            key={role}
            name="client-sources"
            label={t("overview.sources")}
            description={t("clients.sourcesHelp")}
            defaultValue={role === "service" ? "*" : ""}
          />
        )}
        <NativeSelect
          name="client-scope"
          label={t("tokens.scope")}
          data={[
            { value: "read", label: t("tokens.read") },
            { value: "write", label: t("tokens.write") },
          ]}
        />
        {create.error && <ErrorPanel error={create.error} variant="line" />}
        <div className={classes.dialogActions}>
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" loading={create.isPending}>
            {t("clients.create")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function readClient(form: FormData): NewServiceClient {
  const role = form.get("client-role");
  const listed = String(form.get("client-sources") ?? "*");
  return {
    name: String(form.get("client-name")).trim(),
    role: role === "admin" || role === "manager" ? role : "service",
    scope: form.get("client-scope") === "write" ? "write" : "read",
    sources: listed.split(",").flatMap((each) => each.trim() || []),
  };
}
