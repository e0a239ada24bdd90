import { Skeleton } from "@mantine/core";
import classes from "./TableSkeleton.module.css";

const ROWS = Array.from({ length: 14 }, (_, row) => `row ${row}`);

export function TableSkeleton() {
  return (
    <div className={`${classes.rows} late`} aria-hidden="true">
      {ROWS.map((row) => (
        <div key={row} className={classes.row}>
          <Skeleton height={16} width={78} radius="xl" />
          <Skeleton height={12} width="24%" />
          <Skeleton height={12} width={60} />
          <Skeleton height={12} width="14%" />
          <Skeleton height={12} width="10%" />
        </div>
      ))}
    </div>
  );
}
