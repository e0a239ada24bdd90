import { Button, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type AvailabilityFile, type AvailabilityQuestion, fetchAvailabilityFile } from "../../api/availability";
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
    <Page title={t("nav.availability")} actions={<FileButtons question={question} />}>
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

const FILES = ["csv", "xlsx"] as const;

function FileButtons({ question }: { question: AvailabilityQuestion }) {
  const { t } = useTranslation();
  const { language } = useFormat();
  const toasts = useToasts();
  const [running, setRunning] = useState<AvailabilityFile | null>(null);

  async function download(kind: AvailabilityFile): Promise<void> {
    setRunning(kind);
    try {
      const file = await fetchAvailabilityFile(question, kind, language);
      saveBlob(`availability-${question.from}-${question.to}.${kind}`, file);
    } catch (error) {
      toasts.failed(error);
    } finally {
      setRunning(null);
    }
  }

  return FILES.map((kind) => (
    <Button
      key={kind}
      size="xs"
      variant="default"
      leftSection={<IconDownload size={15} />}
      loading={running === kind}
      disabled={running !== null && running !== kind}
      onClick={() => void download(kind)}
    >
      {t(`availability.${kind}`)}
    </Button>
  ));
}
