import { Button } from "@mantine/core";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DeviceIdentity } from "../../api/devices";
import { useIsAdmin } from "../../api/session";
import { IconPencil } from "../../components/icons";
import { lazyPart } from "../../components/parts";

const FactsDialog = lazyPart(() => import("../../components/FactsDialog"), "change");

/** Administrators say what the vendor does not tell. */
export function EditFacts({ device }: { device: DeviceIdentity }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  if (!useIsAdmin()) return null;
  return (
    <p>
      <Button size="compact-sm" variant="default" leftSection={<IconPencil size={14} />} onClick={() => setOpen(true)}>
        {t("device.editFacts")}
      </Button>
      <Suspense>
        {isOpen && (
          <FactsDialog chosen={{ kind: "devices", devices: [device] }} count={1} onClose={() => setOpen(false)} />
        )}
      </Suspense>
    </p>
  );
}
