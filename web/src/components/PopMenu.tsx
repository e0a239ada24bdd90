import { useClickOutside } from "@mantine/hooks";
import { type ComponentType, type ReactNode, useState } from "react";
import { IconChevronDown } from "./icons";
import classes from "./PopMenu.module.css";

interface PopMenuProps {
  label: string;
  Icon?: ComponentType<{ size?: number; "aria-hidden"?: boolean }> | undefined;
  /** Whether something is chosen in it. */
  isActive?: boolean;
  align?: "start" | "end" | undefined;
  children: (close: () => void) => ReactNode;
}

/** A button with what belongs to it below; a menu library would weigh more than all of them. */
export function PopMenu({ label, Icon, isActive = false, align = "start", children }: PopMenuProps) {
  const [isOpen, setOpen] = useState(false);
  const close = (): void => setOpen(false);
  const ref = useClickOutside<HTMLDivElement>(close);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: Escape closes from anywhere within
    <div
      ref={ref}
      className={classes.menu}
      onKeyDown={(event) => {
        if (event.code === "Escape") close();
      }}
    >
      <button
        type="button"
        className={classes.button}
        aria-expanded={isOpen}
        data-chosen={isActive || undefined}
        onClick={() => setOpen(!isOpen)}
      >
        {Icon && <Icon size={15} aria-hidden />}
        {label}
        <IconChevronDown size={14} aria-hidden />
      </button>
      {isOpen && (
        <div className={classes.panel} data-align={align}>
          {children(close)}
        </div>
      )}
    </div>
  );
}
