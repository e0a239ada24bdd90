import { ActionIcon } from "@mantine/core";
import { type ComponentType, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { type User, useSignOutUser, useUpdateUser } from "../../api/users";
import {
  IconKey,
  IconLogout,
  IconMail,
  IconPencil,
  IconPlayerPlay,
  IconPlayerStop,
  IconTrash,
} from "../../components/icons";
import { lazyPart } from "../../components/parts";
import { useToasts } from "../../components/toasts";

const UserDialog = lazyPart(() => import("./UserDialog"));
const InviteDialog = lazyPart(() => import("./InviteDialog"));
const ResetDialog = lazyPart(() => import("./ResetDialog"));
const DeleteUserDialog = lazyPart(() => import("./DeleteUserDialog"));

type Dialog = "edit" | "invite" | "reset" | "delete" | null;

/** Nobody can lock out oneself here: the server keeps the last administrator all the same. */
export function UserActions({ user, isSelf }: { user: User; isSelf: boolean }) {
  const { t } = useTranslation();
  const toasts = useToasts();
  const update = useUpdateUser();
  const signOut = useSignOutUser();
  const [dialog, setDialog] = useState<Dialog>(null);
  const name = user.username;
  const close = (): void => setDialog(null);

  function toggle(target: User): void {
    const disabled = !target.disabled;
    update.mutate(
      { user: target, change: { disabled } },
      {
        onSuccess: (changed) =>
          toasts.done(t(disabled ? "exporters.disabled" : "exporters.enabled", { name }), () => toggle(changed)),
        onError: toasts.failed,
      },
    );
  }

  return (
    <>
      {!user.single_sign_on && (
        <Act label={t("users.edit", { name })} Icon={IconPencil} onClick={() => setDialog("edit")} />
      )}
      {!isSelf && (
        <>
          {user.invited && (
            <Act label={t("users.invite", { name })} Icon={IconMail} onClick={() => setDialog("invite")} />
          )}
          {!user.single_sign_on && (
            <Act label={t("users.reset", { name })} Icon={IconKey} onClick={() => setDialog("reset")} />
          )}
          <Act
            label={t("users.signOut", { name })}
            Icon={IconLogout}
            onClick={() =>
              signOut.mutate(name, {
                onSuccess: () => toasts.done(t("users.signedOut", { name })),
                onError: toasts.failed,
              })
            }
          />
          <Act
            label={t(user.disabled ? "users.enable" : "users.disable", { name })}
            Icon={user.disabled ? IconPlayerPlay : IconPlayerStop}
            onClick={() => toggle(user)}
          />
          <Act label={t("users.delete", { name })} Icon={IconTrash} onClick={() => setDialog("delete")} />
        </>
      )}
      <Suspense>
        {dialog === "edit" && <UserDialog user={user} onClose={close} />}
        {dialog === "invite" && <InviteDialog user={user} onClose={close} />}
        {dialog === "reset" && <ResetDialog user={user} onClose={close} />}
        {dialog === "delete" && <DeleteUserDialog user={user} onClose={close} />}
      </Suspense>
    </>
  );
}

interface ActProps {
  label: string;
  Icon: ComponentType<{ size?: number }>;
  onClick: () => void;
}

function Act({ label, Icon, onClick }: ActProps) {
  return (
    <ActionIcon variant="subtle" color="gray" aria-label={label} title={label} onClick={onClick}>
      <Icon size={16} />
    </ActionIcon>
  );
}
