import { Button } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import { IconCheck, IconCopy } from "./icons";
import classes from "./SecretOnce.module.css";

/** A secret that nobody can be shown again. */
export function SecretOnce({ value }: { value: string }) {
  const { t } = useTranslation();
  const clipboard = useClipboard();
  return (
    <div className={classes.secret}>
      <code className="mono" data-secret>
        {value}
      </code>
      <Button
        size="compact-sm"
        variant="light"
        leftSection={clipboard.copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
        onClick={() => clipboard.copy(value)}
      >
        {clipboard.copied ? t("error.copied") : t("error.copy")}
      </Button>
    </div>
  );
}
