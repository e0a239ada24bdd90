import { useTranslation } from "react-i18next";
import { useFormat } from "../../i18n/format";
import { countOf } from "../../lib/selection";
import classes from "./DeviceTable.module.css";
import type { RowChoice } from "./row_choice";

interface ChooseRowProps {
  name: string;
  index: number;
  isChosen: boolean;
  choice: RowChoice;
}

export function ChooseRow({ name, index, isChosen, choice }: ChooseRowProps) {
  const { t } = useTranslation();
  return (
    <td className={classes.pick}>
      {/* A range would mark text as well. */}
      <label onMouseDown={(event) => event.shiftKey && event.preventDefault()}>
        <input
          type="checkbox"
          aria-label={t("devices.choose", { name })}
          data-row={index}
          checked={isChosen}
          onChange={({ nativeEvent }) =>
            choice.toggle(index, nativeEvent instanceof MouseEvent && nativeEvent.shiftKey)
          }
        />
      </label>
    </td>
  );
}

export function ChooseAll({ choice, total }: { choice: RowChoice; total: number }) {
  const { t } = useTranslation();
  const { number } = useFormat();
  const count = countOf(choice.selection, total);
  const isAll = count > 0 && count >= total;
  return (
    <th scope="col" className={classes.pick}>
      <label>
        <input
          type="checkbox"
          aria-label={t("devices.chooseAll", { count: total, n: number(total) })}
          ref={(input) => {
            if (input !== null) input.indeterminate = count > 0 && !isAll;
          }}
          checked={isAll}
          onChange={isAll ? choice.clear : choice.chooseAll}
        />
      </label>
    </th>
  );
}
