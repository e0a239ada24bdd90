import { ActionIcon, Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconBookmark, IconTrash } from "../../components/icons";
import { PopMenu } from "../../components/PopMenu";
import { useToasts } from "../../components/toasts";
import { parseSearch, stringifySearch } from "../../lib/url_state";
import { type SavedView, storedViews, storeViews, withView } from "../../lib/views";
import classes from "./ListTools.module.css";
import { type DeviceSearch, readDeviceSearch, type SetSearch } from "./search";

/** Kept in this browser; a view itself is its address, which can be sent to anybody. */
export function ViewsMenu({ search, onChange }: { search: DeviceSearch; onChange: SetSearch }) {
  const { t } = useTranslation();
  const toasts = useToasts();
  const [views, setViews] = useState(storedViews);

  function keep(next: SavedView[]): void {
    setViews(next);
    storeViews(next);
  }

  function onSubmit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = event.currentTarget;
    const name = String(new FormData(form).get("view")).trim();
    if (name === "") return;
    const { device: _open, ...view } = search;
    keep(withView(views, { name, query: stringifySearch(view) }));
    form.reset();
    toasts.done(t("views.kept", { name }));
  }

  function remove(view: SavedView): void {
    keep(views.filter(({ name }) => name !== view.name));
    toasts.done(t("views.removed", { name: view.name }), () => keep(withView(storedViews(), view)));
  }

  return (
    <PopMenu label={t("views.title")} Icon={IconBookmark} align="end">
      {(close) => (
        <>
          {views.length === 0 && <p className={`dim ${classes.hint}`}>{t("views.none")}</p>}
          <ul className={classes.views}>
            {views.map((view) => (
              <li key={view.name} className={classes.view}>
                <button
                  type="button"
                  onClick={() => {
                    close();
                    onChange(readDeviceSearch(parseSearch(view.query)));
                  }}
                >
                  {view.name}
                </button>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={t("views.remove", { name: view.name })}
                  onClick={() => remove(view)}
                >
                  <IconTrash size={15} />
                </ActionIcon>
              </li>
            ))}
          </ul>
          <form className={classes.keep} onSubmit={onSubmit}>
            <TextInput
              name="view"
              size="xs"
              aria-label={t("views.name")}
              placeholder={t("views.name")}
              maxLength={60}
            />
            <Button type="submit" size="xs">
              {t("views.keep")}
            </Button>
          </form>
        </>
      )}
    </PopMenu>
  );
}
