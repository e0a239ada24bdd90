import { ActionIcon, type ActionIconProps, Button, type ButtonProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { ComponentPropsWithRef } from "react";

type LinkProps<Looks> = Looks & Omit<ComponentPropsWithRef<"a">, keyof Looks>;

const AnchorButton = (props: LinkProps<ButtonProps>) => <Button component="a" {...props} />;
const AnchorActionIcon = (props: LinkProps<ActionIconProps>) => <ActionIcon component="a" {...props} />;

/** Mantine's looks with the router's typed addresses. */
export const LinkButton = createLink(AnchorButton);
export const LinkActionIcon = createLink(AnchorActionIcon);
