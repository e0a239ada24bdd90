import { Link } from "@tanstack/react-router";
import classes from "./OverviewPage.module.css";

interface CardHeadProps {
  title: string;
  /** The way on, where the card shows only a part. */
  more?: { to: "/exporters" | "/devices"; label: string };
}

export function CardHead({ title, more }: CardHeadProps) {
  return (
    <div className={classes.cardHead}>
      <h2>{title}</h2>
      {more && <Link to={more.to}>{more.label}</Link>}
    </div>
  );
}
