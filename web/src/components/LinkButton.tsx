import { ActionIcon, Button } from "@mantine/core";
import { createLink } from "@tanstack/react-router";

/** Mantine's looks with the router's typed addresses. */
export const LinkButton = createLink(Button<"a">);
export const LinkActionIcon = createLink(ActionIcon<"a">);
