import { Button, Skeleton } from "@mantine/core";
import { Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "../../api/session";
import { type User, useUsers } from "../../api/users";
import { AdminOnly } from "../../components/AdminOnly";
import { Ago } from "../../components/Ages";
import { ErrorPanel } from "../../components/ErrorPanel";
import { IconPlus } from "../../components/icons";
import { Page } from "../../components/Page";
import { lazyPart } from "../../components/parts";
import table from "../../components/table.module.css";
import { UserActions } from "./UserActions";
import classes from "./UsersPage.module.css";

const UserDialog = lazyPart(() => import("./UserDialog"));

export function UsersPage() {
  return (
    <AdminOnly>
      <Users />
    </AdminOnly>
  );
}

/** Who may sign in, and what each may see. */
function Users() {
  const { t } = useTranslation();
  const { data, error, refetch } = useUsers();
  const [isCreating, setCreating] = useState(false);
  return (
    <Page
      title={t("nav.users")}
      actions={
        <Button size="xs" leftSection={<IconPlus size={15} />} onClick={() => setCreating(true)}>
          {t("users.create")}
        </Button>
      }
    >
      {error && <ErrorPanel error={error} onRetry={() => void refetch()} variant={data ? "line" : "block"} />}
      {data === undefined && error === null && <Skeleton height={200} className="late" aria-hidden="true" />}
      {data && (
        <div className={`card ${table.frame}`}>
          <table className={table.table}>
            <thead>
              <tr>
                <th scope="col">{t("login.username")}</th>
                <th scope="col">{t("settings.role")}</th>
                <th scope="col">{t("overview.sources")}</th>
                <th scope="col">{t("users.lastSignIn")}</th>
                <th scope="col">{t("users.state")}</th>
                <th scope="col">
                  <span className="visually-hidden">{t("palette.acts")}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {data.items.map((user) => (
                <UserRow key={user.username} user={user} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Suspense>{isCreating && <UserDialog user={null} onClose={() => setCreating(false)} />}</Suspense>
    </Page>
  );
}

function UserRow({ user }: { user: User }) {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <tr data-user={user.username} data-off={user.disabled || undefined}>
      <td>
        <strong>{user.username}</strong>{" "}
        {user.username === me?.username && <span className="dim">{t("users.you")}</span>}
      </td>
      <td>{t(`role.${user.role}`)}</td>
      <td className={classes.sources}>
        {user.sources.includes("*")
          ? t("settings.allSources")
          : user.sources.join(", ") || <span className="dim">{t("users.noSources")}</span>}
      </td>
      <td className="dim">{user.last_sign_in_at ? <Ago at={user.last_sign_in_at} /> : t("overview.never")}</td>
      <td>{t(stateOf(user))}</td>
      <td className={table.acts}>
        <UserActions user={user} isSelf={user.username === me?.username} />
      </td>
    </tr>
  );
}

/** The text that says it. */
function stateOf(user: User) {
  if (user.disabled) return "users.disabled";
  if (user.invited) return "users.invited";
  if (user.must_change_password) return "users.mustChange";
  return user.second_factor ? "users.activeWithCode" : "users.active";
}
