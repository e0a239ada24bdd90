import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Range } from "../../api/device";
import type { DeviceIdentity } from "../../api/devices";
import { IconExternalLink } from "../../components/icons";
import { LinkButton } from "../../components/LinkButton";
import { exploreUrl, grafanaAddress, isWebAddress } from "../../lib/grafana";

/** To the same device and time in Grafana, or to where one says where Grafana is. */
export function GrafanaLink({ identity, range }: { identity: DeviceIdentity; range: Range }) {
  const { t } = useTranslation();
  const grafana = grafanaAddress();
  if (!isWebAddress(grafana)) {
    return (
      <LinkButton to="/settings" size="xs" variant="subtle" color="gray">
        {t("device.grafanaSetUp")}
      </LinkButton>
    );
  }
  return (
    <Button
      component="a"
      href={exploreUrl(grafana, identity, range)}
      target="_blank"
      rel="noreferrer"
      size="xs"
      variant="default"
      leftSection={<IconExternalLink size={15} />}
    >
      {t("device.grafana")}
    </Button>
  );
}
