import { Button, NativeSelect, PasswordInput, Switch, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { isApiError } from "../../api/client";
import { useOverview } from "../../api/overview";
import { type User, useCreateUser, useUpdateUser } from "../../api/users";
import { Dialog } from "../../components/Dialog";
import { ErrorPanel } from "../../components/ErrorPanel";
import { useToasts } from "../../components/toasts";
import { newPassword } from "../../lib/new_password";
import classes from "./UsersPage.module.css";

interface UserDialogProps {
  /** Null for a new one. */
  user: User | null;
  onClose: () => void;
}

/** A user's name, role and rights. */
export default function UserDialog({ user, onClose }: UserDialogProps) {
  const { t } = useTranslation();
  const toasts = useToasts();
  const create = useCreateUser();
  const update = useUpdateUser();
  const [name, setName] = useState(user?.username ?? "");
  const [role, setRole] = useState(user?.role ?? "manager");
  const [granted, setGranted] = useState<string[]>(user?.sources.filter((each) => each !== "*") ?? []);
  const [password, setPassword] = useState(() => (user === null ? newPassword() : ""));
  const [isInvited, setInvited] = useState(false);
  const error = create.error ?? update.error;
  const faults = Object.fromEntries(
    (isApiError(error) ? error.errors : []).map(({ field, message }) => [field.replace(/^body\./, ""), message]),
  );

  function onSubmit(event: FormEvent): void {
    event.preventDefault();
    const sources = role === "admin" ? ["*"] : granted;
    const onSuccess = (): void => {
      toasts.done(t(user === null ? "users.created" : "users.saved", { name }));
      onClose();
    };
    if (user === null) {
      const username = name.trim();
      const entry = isInvited ? {} : { password, must_change_password: true };
      create.mutate({ username, role: role === "admin" ? "admin" : "manager", sources, ...entry }, { onSuccess });
    } else {
      update.mutate({ user, change: { role: role === "admin" ? "admin" : "manager", sources } }, { onSuccess });
    }
  }

  return (
    <Dialog onClose={onClose} title={user === null ? t("users.create") : t("users.edit", { name })}>
      <form className={classes.dialog} onSubmit={onSubmit} noValidate>
        {user === null && (
          <TextInput
            name="new-username"
            label={t("login.username")}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            value={name}
            error={faults.username}
            onChange={(event) => setName(event.currentTarget.value)}
            data-autofocus
          />
        )}
        <NativeSelect
          name="role"
          label={t("settings.role")}
          description={t(role === "admin" ? "users.adminHelp" : "users.managerHelp")}
          data={[
            { value: "manager", label: t("role.manager") },
            { value: "admin", label: t("role.admin") },
          ]}
          value={role}
          error={faults.role}
          onChange={(event) => setRole(event.currentTarget.value === "admin" ? "admin" : "manager")}
        />
        {role !== "admin" && <Grants granted={granted} onChange={setGranted} />}
        {user === null && (
          <Switch
            name="by-link"
            label={t("users.byLink")}
            description={t("users.byLinkHelp")}
            checked={isInvited}
            onChange={(event) => setInvited(event.currentTarget.checked)}
          />
        )}
        {user === null && !isInvited && (
          <PasswordInput
            name="new-password"
            label={t("users.firstPassword")}
            description={t("users.firstPasswordHelp")}
            autoComplete="new-password"
            defaultVisible
            value={password}
            error={faults.password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
        )}
        {error && Object.keys(faults).length === 0 && <ErrorPanel error={error} variant="line" />}
        <div className={classes.dialogActions}>
          <Button variant="default" onClick={onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" loading={create.isPending || update.isPending}>
            {user === null ? t("users.create") : t("common.save")}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

/** The sources that there are, and those that were granted and are gone. */
function Grants({ granted, onChange }: { granted: string[]; onChange: (granted: string[]) => void }) {
  const { t } = useTranslation();
  const known = useOverview().data?.sources.map(({ source }) => source) ?? [];
  const all = [...new Set([...known, ...granted])].sort();
  return (
    <fieldset className={classes.grants}>
      <legend>{t("users.grants")}</legend>
      {all.length === 0 && <p className="dim">{t("users.nothingToGrant")}</p>}
      {all.map((source) => (
        <label key={source}>
          <input
            type="checkbox"
            checked={granted.includes(source)}
            onChange={(event) =>
              onChange(event.currentTarget.checked ? [...granted, source] : granted.filter((each) => each !== source))
            }
          />
          <span>{source}</span>
        </label>
      ))}
    </fieldset>
  );
}
