import { Kbd, Modal } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { usePages } from "./pages";
import classes from "./ShortcutsHelp.module.css";

const BEFORE = [
  { keys: ["Ctrl", "K"], what: "palette" },
  { keys: ["/"], what: "search" },
] as const;

const AFTER = [
  { keys: ["j"], what: "down" },
  { keys: ["k"], what: "up" },
  { keys: ["Enter"], what: "open" },
  { keys: ["x"], what: "choose" },
  { keys: ["Shift", "x"], what: "chooseTo" },
  { keys: ["Esc"], what: "close" },
  { keys: ["?"], what: "help" },
] as const;

export default function ShortcutsHelp({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const pages = usePages();
  const say = ({ keys, what }: (typeof BEFORE)[number] | (typeof AFTER)[number]) => ({ keys, text: t(`keys.${what}`) });
  const rows = [
    ...BEFORE.map(say),
    ...pages.map(({ keys, label }) => ({ keys: keys.split(" "), text: t("keys.go", { page: label }) })),
    ...AFTER.map(say),
  ];
  return (
    <Modal opened onClose={onClose} title={t("keys.title")} closeButtonProps={{ "aria-label": t("common.close") }}>
      <dl className={classes.list}>
        {rows.map(({ keys, text }) => (
          <div key={text} className={classes.row}>
            <dt>{text}</dt>
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
