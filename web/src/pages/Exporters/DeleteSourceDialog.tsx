import { useTranslation } from "react-i18next";
import { type Source, useDeleteSource } from "../../api/sources";
import { TypeToDelete } from "../../components/TypeToDelete";
import { useToasts } from "../../components/toasts";

export default function DeleteSourceDialog({ source, onClose }: { source: Source; onClose: () => void }) {
  const { t } = useTranslation();
  const toasts = useToasts();
  const remove = useDeleteSource(source.exporter);
  const { name } = source;
  return (
    <TypeToDelete
      name={name}
      title={t("exportersPage.deleteSource", { name })}
      text={t("exportersPage.deleteText")}
      act={t("exportersPage.deleteConfirm")}
      error={remove.error}
      isPending={remove.isPending}
      onClose={onClose}
      onDelete={() =>
        remove.mutate(source, {
          onSuccess: () => {
            toasts.done(t("exportersPage.deleted", { name }));
            onClose();
          },
        })
      }
    />
  );
}
