import { lazyRouteComponent } from "@tanstack/react-router";
import i18next from "i18next";
import { type ComponentType, type LazyExoticComponent, lazy } from "react";
import { bringTexts, type TextPart } from "../i18n";
import { bring } from "../lib/bring";
import { showToast } from "./toast_store";

/**
 * Every part that comes later comes through here, with the texts that only it says.
 *
 * @param texts parts of the texts: those of the first pages are there already
 * @throws PartMissing it did not come, however often it was asked for
 */
export async function bringPart<Code>(load: () => Promise<Code>, ...texts: TextPart[]): Promise<Code> {
  const [code] = await Promise.all([bring(load), ...texts.map(bringTexts)]);
  return code;
}

/** A page; what did not come is told in its place. */
export function lazyPage<Name extends string, Code extends Record<Name, ComponentType>>(
  load: () => Promise<Code>,
  name: Name,
  ...texts: TextPart[]
) {
  return lazyRouteComponent(() => bringPart(load, ...texts), name);
}

/** A dialog, a panel, a plot; what did not come is told in a corner, and the page around it stays as it is. */
export function lazyPart<Props>(
  load: () => Promise<{ default: ComponentType<Props> }>,
  ...texts: TextPart[]
): LazyExoticComponent<ComponentType<Props>> {
  return lazy(() =>
    bringPart(load, ...texts).catch(() => {
      tellPartMissing();
      return { default: Nothing };
    }),
  );
}

function Nothing() {
  return null;
}

/** Stays in the corner until the page is loaded anew. */
export function tellPartMissing(): void {
  showToast({
    kind: "failed",
    title: i18next.t("error.part"),
    message: i18next.t("error.partText"),
    action: { label: i18next.t("error.reload"), act: () => window.location.reload() },
  });
}
