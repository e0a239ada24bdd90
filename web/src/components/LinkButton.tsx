import { Button, Menu } from "@mantine/core";
import { createLink } from "@tanstack/react-router";

/** Mantine's looks with the router's typed addresses. */
export const LinkButton = createLink(Button<"a">);
export const LinkMenuItem = createLink(Menu.Item<"a">);
