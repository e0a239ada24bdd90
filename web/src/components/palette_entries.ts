import { useMantineColorScheme } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import type { ComponentType } from "react";
import { useTranslation } from "react-i18next";
import { type Device, deviceKey, useDevicesFound } from "../api/devices";
import { useRestartExporter } from "../api/exporters";
import { useOverview } from "../api/overview";
import { useIsAdmin, useLogout } from "../api/session";
import { chooseLanguage } from "../i18n";
import { mentions } from "../lib/fold";
import { readQuestion } from "../lib/question";
import { IconDatabase, IconFilter, IconLogout, IconPlug, IconPlus, IconRefresh, IconSunMoon, IconWorld } from "./icons";
import { usePages } from "./pages";
import { tellPartMissing } from "./parts";
import { STATUS_ICONS } from "./StatusBadge";
import { useToasts } from "./toasts";

export interface Entry {
  id: string;
  group: string;
  label: string;
  hint?: string;
  Icon: ComponentType<{ size?: number; "aria-hidden"?: boolean }>;
  run: () => void;
}

const MOST_OF_A_GROUP = 6;

/** What fits the text: a list of devices first, then devices, sources, exporters, pages and acts. */
export function useEntries(text: string, asked: string): Entry[] {
  const lists = useListEntries(text);
  const devices = useDeviceEntries(asked);
  const places = usePlaceEntries();
  const acts = useActEntries();
  const fitting = (entries: Entry[]): Entry[] =>
    entries.filter(({ label, hint }) => mentions(`${label} ${hint ?? ""}`, text)).slice(0, MOST_OF_A_GROUP);
  const found = text.trim() === "" ? [] : [...lists, ...devices];
  return [...found, ...places.flatMap(fitting), ...fitting(acts)];
}

function useListEntries(text: string): Entry[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { search, status } = readQuestion(text);
  const words = [search, status && t(`status.${status}`).toLocaleLowerCase()].filter(Boolean);
  return [
    {
      id: "list",
      group: t("nav.devices"),
      label: t("palette.list", { what: words.join(" · ") }),
      Icon: IconFilter,
      run: () =>
        void navigate({
          to: "/devices",
          search: {
            ...(search ? { search } : {}),
            ...(status ? { status: [status], sort: "-status_since" } : {}),
          },
        }),
    },
  ];
}

function useDeviceEntries(asked: string): Entry[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { search, status } = readQuestion(asked);
  const { data } = useDevicesFound(search, status, MOST_OF_A_GROUP);
  return (data ?? []).map((device: Device) => ({
    id: `device ${deviceKey(device)}`,
    group: t("nav.devices"),
    label: device.name,
    hint: `${t(`status.${device.status}`)} · ${device.device_id}`,
    Icon: STATUS_ICONS[device.status],
    run: () => void navigate({ to: "/devices", search: { search, device: deviceKey(device) } }),
  }));
}

function usePlaceEntries(): Entry[][] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const pages = usePages();
  const sources = useOverview().data?.sources ?? [];
  const exporters = [...new Set(sources.map(({ exporter }) => exporter))];
  return [
    sources.map(({ source, platform }) => ({
      id: `source ${source}`,
      group: t("palette.sources"),
      label: source,
      hint: platform,
      Icon: IconDatabase,
      run: () => void navigate({ to: "/devices", search: { source: [source] } }),
    })),
    exporters.map((name) => ({
      id: `exporter ${name}`,
      group: t("nav.exporters"),
      label: name,
      Icon: IconPlug,
      run: () => void navigate({ to: "/exporters/$name", params: { name } }),
    })),
    pages.map(({ to, label, Icon, keys }) => ({
      id: `page ${to}`,
      group: t("nav.label"),
      label,
      hint: keys,
      Icon,
      run: () => void navigate({ to }),
    })),
  ];
}

function useActEntries(): Entry[] {
  const { t } = useTranslation();
  const { setColorScheme, colorScheme } = useMantineColorScheme();
  const logout = useLogout();
  const group = t("palette.acts");
  const ofExporters = useExporterActs(group);
  const nextTheme = colorScheme === "dark" ? "light" : "dark";
  return [
    ...ofExporters,
    {
      id: "theme",
      group,
      label: `${t("theme.label")}: ${t(`theme.${nextTheme}`)}`,
      Icon: IconSunMoon,
      run: () => setColorScheme(nextTheme),
    },
    {
      id: "ru",
      group,
      label: "Русский",
      hint: "RU",
      Icon: IconWorld,
      run: () => void chooseLanguage("ru").catch(tellPartMissing),
    },
    {
      id: "en",
      group,
      label: "English",
      hint: "EN",
      Icon: IconWorld,
      run: () => void chooseLanguage("en").catch(tellPartMissing),
    },
    { id: "leave", group, label: t("nav.signOut"), Icon: IconLogout, run: () => logout.mutate() },
  ];
}

/** Administrators only: the server would refuse others all the same. */
function useExporterActs(group: string): Entry[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const toasts = useToasts();
  const restart = useRestartExporter();
  const sources = useOverview().data?.sources ?? [];
  const names = [...new Set(sources.map(({ exporter }) => exporter))];
  if (!useIsAdmin()) return [];
  return names.flatMap((name) => [
    {
      id: `restart ${name}`,
      group,
      label: t("palette.restart", { name }),
      Icon: IconRefresh,
      run: () =>
        // The palette is gone by then, and with it what `mutate` would call back.
        void restart.mutateAsync(name).then(() => toasts.done(t("exporters.restarting", { name })), toasts.failed),
    },
    {
      id: `add ${name}`,
      group,
      label: t("palette.addSource", { name }),
      Icon: IconPlus,
      run: () => void navigate({ to: "/exporters/$name/sources/new", params: { name } }),
    },
  ]);
}
