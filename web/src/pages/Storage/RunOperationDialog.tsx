import { useTranslation } from "react-i18next";
import { TypeToDelete } from "../../components/TypeToDelete";

interface RunOperationDialogProps {
  name: string;
  isPending: boolean;
  onClose: () => void;
  onRun: () => void;
}

/** Removing series cannot be undone: the name is typed, as for everything else that is deleted. */
export default function RunOperationDialog({ name, isPending, onClose, onRun }: RunOperationDialogProps) {
  const { t } = useTranslation();
  return (
    <TypeToDelete
      name={name}
      title={t("storage.runTitle", { name })}
      text={t("storage.runText")}
      act={t("storage.run")}
      error={null}
      isPending={isPending}
      onClose={onClose}
      onDelete={onRun}
    />
  );
}
