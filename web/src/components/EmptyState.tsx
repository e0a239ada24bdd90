import type { ComponentType, ReactNode } from "react";
import classes from "./EmptyState.module.css";

interface EmptyStateProps {
  icon: ComponentType<{ size?: number; stroke?: number; "aria-hidden"?: boolean }>;
  title: string;
  text: string;
  /** The next step. */
  children?: ReactNode;
}

export function EmptyState({ icon: Icon, title, text, children }: EmptyStateProps) {
  return (
    <div className={classes.empty}>
      <Icon size={34} stroke={1.4} aria-hidden />
      <h2>{title}</h2>
      <p className="dim">{text}</p>
      {children}
    </div>
  );
}
