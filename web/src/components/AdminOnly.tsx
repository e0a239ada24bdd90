import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "../api/session";
import { EmptyState } from "./EmptyState";
import { IconLock } from "./icons";

/** Says why instead of asking a server that would refuse. */
export function AdminOnly({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const me = useMe();
  if (me !== undefined && me.role !== "admin") {
    return <EmptyState icon={IconLock} title={t("error.forbidden")} text={t("error.forbiddenText")} />;
  }
  return children;
}
