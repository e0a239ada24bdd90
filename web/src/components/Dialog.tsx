import { Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

interface DialogProps {
  title: ReactNode;
  onClose: () => void;
  /** Pixels, where the usual width is too narrow. */
  size?: number;
  children: ReactNode;
}

/** One thing to do above the page: whoever wants it shown renders it. */
export function Dialog({ title, onClose, size, children }: DialogProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      onClose={onClose}
      centered
      {...(size === undefined ? {} : { size })}
      title={title}
      closeButtonProps={{ "aria-label": t("common.close") }}
    >
      {children}
    </Modal>
  );
}
