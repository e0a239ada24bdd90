import { Button } from "@mantine/core";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconDownload } from "../../components/icons";
import { useToasts } from "../../components/toasts";
import { useFormat } from "../../i18n/format";
import { saveBlob } from "../../lib/download";

interface CsvDownloadProps {
  label: string;
  help: string;
  fetchFile: (onRows: (count: number) => void, language: string) => Promise<Blob>;
}

/** Hands over a file of devices, and counts its rows while they come. */
export function CsvDownload({ label, help, fetchFile }: CsvDownloadProps) {
  const { t } = useTranslation();
  const { number, language } = useFormat();
  const toasts = useToasts();
  const [rows, setRows] = useState<number | null>(null);
  const isRunning = useRef(false);

  async function download(): Promise<void> {
    if (isRunning.current) return;
    isRunning.current = true;
    setRows(0);
    try {
      const file = await fetchFile(setRows, language);
      saveBlob(`devices-${new Date().toISOString().slice(0, 16).replaceAll(":", "-")}.csv`, file);
    } catch (error) {
      toasts.failed(error);
    } finally {
      isRunning.current = false;
      setRows(null);
    }
  }

  return (
    <Button
      size="xs"
      variant="default"
      leftSection={<IconDownload size={15} />}
      title={help}
      onClick={() => void download()}
    >
      {rows === null ? label : t("tools.csvRows", { n: number(rows) })}
    </Button>
  );
}
