import { TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { AdminOnly } from "../../components/AdminOnly";
import { Page } from "../../components/Page";
import { TabLinks } from "../../components/TabLinks";
import classes from "./AuditPage.module.css";
import { AuditTools } from "./AuditTools";
import { ConfigurationLog } from "./ConfigurationLog";
import { PeopleLog } from "./PeopleLog";
import { type AuditSearch, KINDS } from "./search";

const TYPING_MS = 250;

export function AuditPage() {
  return (
    <AdminOnly>
      <Audit />
    </AdminOnly>
  );
}

/** Who did what, when and from where. */
function Audit() {
  const { t } = useTranslation();
  const search = useSearch({ from: "/audit" });
  const navigate = useNavigate({ from: "/audit" });
  const { kind = "configuration", who, exporter } = search;
  const change = useDebouncedCallback((name: "who" | "exporter", text: string) => {
    const next: AuditSearch = { ...search };
    delete next[name];
    void navigate({ search: text.trim() === "" ? next : { ...next, [name]: text.trim() }, replace: true });
  }, TYPING_MS);
  return (
    <Page title={t("nav.audit")}>
      <TabLinks
        label={t("audit.kinds")}
        tabs={KINDS.map((each) => ({
          to: "/audit",
          search: each === "people" ? { kind: "people" } : {},
          label: t(`audit.${each}`),
          isCurrent: each === kind,
        }))}
      />
      <div className={classes.filters}>
        <TextInput
          key={`who ${kind}`}
          name="who"
          size="xs"
          aria-label={t("audit.who")}
          placeholder={t("audit.who")}
          defaultValue={who ?? ""}
          onChange={(event) => change("who", event.currentTarget.value)}
        />
        {kind === "configuration" && (
          <TextInput
            name="exporter"
            size="xs"
            aria-label={t("audit.exporter")}
            placeholder={t("audit.exporter")}
            defaultValue={exporter ?? ""}
            onChange={(event) => change("exporter", event.currentTarget.value)}
          />
        )}
        <AuditTools key={kind} kind={kind} />
      </div>
      {kind === "people" ? <PeopleLog user={who} /> : <ConfigurationLog actor={who} exporter={exporter} />}
    </Page>
  );
}
