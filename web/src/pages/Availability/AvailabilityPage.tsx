import { Button, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type AvailabilityQuestion, fetchAvailabilityCsv } from "../../api/availability";
import { IconDownload } from "../../components/icons";
import { Page } from "../../components/Page";
import { TabLinks } from "../../components/TabLinks";
import { useToasts } from "../../components/toasts";
import { useFormat } from "../../i18n/format";
import { saveBlob } from "../../lib/download";
import classes from "./AvailabilityPage.module.css";
import { AvailabilityTable } from "./AvailabilityTable";
import { type AvailabilitySearch, GROUPS, questionOf } from "./search";

const TYPING_MS = 400;

/** How long screens were on, for the report to whoever pays for them. */
export function AvailabilityPage() {
  const { t } = useTranslation();
  const search = useSearch({ from: "/availability" });
  const navigate = useNavigate({ from: "/availability" });
  const [nowMs] = useState(Date.now);
  const question = questionOf(search, nowMs);
  const change = useDebouncedCallback((name: "from" | "to" | "source", text: string) => {
    const next: AvailabilitySearch = { ...search };
    delete next[name];
    void navigate({ search: text.trim() === "" ? next : { ...next, [name]: text.trim() }, replace: true });
  }, TYPING_MS);
  return (
    <Page title={t("nav.availability")} actions={<CsvButton question={question} />}>
      <TabLinks
        label={t("availability.by")}
        tabs={GROUPS.map((group) => ({
          to: "/availability",
          search: { ...search, group },
          label: t(`availability.group.${group}`),
          isCurrent: group === question.group,
        }))}
      />
      <div className={classes.filters}>
        {(["from", "to"] as const).map((name) => (
          <TextInput
            key={name}
            name={name}
            type="date"
            size="xs"
            label={t(`availability.${name}`)}
            defaultValue={question[name]}
            onChange={(event) => change(name, event.currentTarget.value)}
          />
        ))}
        <TextInput
          name="source"
          size="xs"
          label={t("availability.source")}
          defaultValue={question.source ?? ""}
          onChange={(event) => change("source", event.currentTarget.value)}
        />
      </div>
      <AvailabilityTable question={question} />
      <p className="dim">{t("availability.explained")}</p>
    </Page>
  );
}

function CsvButton({ question }: { question: AvailabilityQuestion }) {
  const { t } = useTranslation();
  const { language } = useFormat();
  const toasts = useToasts();
  const [isRunning, setIsRunning] = useState(false);

  async function download(): Promise<void> {
    setIsRunning(true);
    try {
      const file = await fetchAvailabilityCsv(question, language);
      saveBlob(`availability-${question.from}-${question.to}.csv`, file);
    } catch (error) {
      toasts.failed(error);
    } finally {
      setIsRunning(false);
    }
  }

  return (
    <Button
      size="xs"
      variant="default"
      leftSection={<IconDownload size={15} />}
      loading={isRunning}
      onClick={() => void download()}
    >
      {t("availability.csv")}
    </Button>
  );
}
