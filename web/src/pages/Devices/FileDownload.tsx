import { Button } from "@mantine/core";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DeviceFile } from "../../api/device_files";
import { IconDownload } from "../../components/icons";
import { useToasts } from "../../components/toasts";
import { useFormat } from "../../i18n/format";
import { saveBlob } from "../../lib/download";

interface FileDownloadProps {
  kind?: DeviceFile;
  label: string;
  help: string;
  fetchFile: (onRows: (count: number) => void, language: string) => Promise<Blob>;
}

/** Hands over a file of devices; the rows of a CSV are counted while they come, a workbook comes at once. */
export function FileDownload({ kind = "csv", label, help, fetchFile }: FileDownloadProps) {
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
      saveBlob(`devices-${new Date().toISOString().slice(0, 16).replaceAll(":", "-")}.${kind}`, file);
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
      loading={rows !== null && kind === "xlsx"}
      onClick={() => void download()}
    >
      {rows === null ? label : t("tools.csvRows", { n: number(rows) })}
    </Button>
  );
}
