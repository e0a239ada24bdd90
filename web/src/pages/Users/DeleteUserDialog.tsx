import { useTranslation } from "react-i18next";
import { type User, useDeleteUser } from "../../api/users";
import { TypeToDelete } from "../../components/TypeToDelete";
import { useToasts } from "../../components/toasts";

export default function DeleteUserDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const { t } = useTranslation();
  const toasts = useToasts();
  const remove = useDeleteUser();
  const name = user.username;
  return (
    <TypeToDelete
      name={name}
      title={t("users.delete", { name })}
      text={t("users.deleteText")}
      act={t("users.deleteAct")}
      error={remove.error}
      isPending={remove.isPending}
      onClose={onClose}
      onDelete={() =>
        remove.mutate(user, {
          onSuccess: () => {
            toasts.done(t("users.deleted", { name }));
            onClose();
          },
        })
      }
    />
  );
}
