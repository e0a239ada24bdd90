import { Kbd, Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "./ShortcutsHelp.module.css";

const ROWS = [
  { keys: ["/"], what: "search" },
  { keys: ["g", "o"], what: "goOverview" },
  { keys: ["g", "d"], what: "goDevices" },
  { keys: ["g", "e"], what: "goExporters" },
  { keys: ["j"], what: "down" },
  { keys: ["k"], what: "up" },
  { keys: ["Enter"], what: "open" },
  { keys: ["Esc"], what: "close" },
  { keys: ["?"], what: "help" },
] as const;

export default function ShortcutsHelp({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal opened onClose={onClose} title={t("keys.title")} closeButtonProps={{ "aria-label": t("common.close") }}>
      <dl className={classes.list}>
        {ROWS.map(({ keys, what }) => (
          <div key={what} className={classes.row}>
            <dt>{t(`keys.${what}`)}</dt>
            <dd>
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
