import { createRootRoute, createRoute, createRouter, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { CrashPage } from "./components/CrashPage";
import { Shell } from "./components/Shell";
import { withDeviceTexts, withExporterTexts, withMoreTexts } from "./i18n";
import { parseSearch, stringifySearch } from "./lib/url_state";
import { readAlertSearch } from "./pages/Alerts/search";
import { readAuditSearch } from "./pages/Audit/search";
import { readAvailabilitySearch } from "./pages/Availability/search";
import { readDevicePageSearch } from "./pages/Device/search";
import { readDeviceSearch } from "./pages/Devices/search";
import { readExporterSearch } from "./pages/Exporter/search";
import { NotFoundPage } from "./pages/NotFoundPage";

const root = createRootRoute({ component: Shell, notFoundComponent: NotFoundPage });

const home = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/overview", replace: true });
  },
});

const overview = createRoute({
  getParentRoute: () => root,
  path: "/overview",
  component: lazyRouteComponent(() => import("./pages/Overview/OverviewPage"), "OverviewPage"),
});

const devices = createRoute({
  getParentRoute: () => root,
  path: "/devices",
  validateSearch: readDeviceSearch,
  component: lazyRouteComponent(() => import("./pages/Devices/DevicesPage"), "DevicesPage"),
});

const device = createRoute({
  getParentRoute: () => root,
  // An id may hold slashes.
  path: "/devices/$platform/$source/$",
  validateSearch: readDevicePageSearch,
  component: lazyRouteComponent(() => withDeviceTexts(import("./pages/Device/DevicePage")), "DevicePage"),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  component: lazyRouteComponent(() => withMoreTexts(import("./pages/Settings/SettingsPage")), "SettingsPage"),
});

const alerts = createRoute({
  getParentRoute: () => root,
  path: "/alerts",
  validateSearch: readAlertSearch,
  component: lazyRouteComponent(() => withMoreTexts(import("./pages/Alerts/AlertsPage")), "AlertsPage"),
});

const notifications = createRoute({
  getParentRoute: () => root,
  path: "/notifications",
  component: lazyRouteComponent(
    () => withMoreTexts(import("./pages/Notifications/NotificationsPage")),
    "NotificationsPage",
  ),
});

const availability = createRoute({
  getParentRoute: () => root,
  path: "/availability",
  validateSearch: readAvailabilitySearch,
  component: lazyRouteComponent(
    () => withMoreTexts(import("./pages/Availability/AvailabilityPage")),
    "AvailabilityPage",
  ),
});

const storage = createRoute({
  getParentRoute: () => root,
  path: "/storage",
  component: lazyRouteComponent(() => withMoreTexts(import("./pages/Storage/StoragePage")), "StoragePage"),
});

const users = createRoute({
  getParentRoute: () => root,
  path: "/users",
  component: lazyRouteComponent(() => withMoreTexts(import("./pages/Users/UsersPage")), "UsersPage"),
});

const clients = createRoute({
  getParentRoute: () => root,
  path: "/clients",
  component: lazyRouteComponent(() => withMoreTexts(import("./pages/Clients/ClientsPage")), "ClientsPage"),
});

const audit = createRoute({
  getParentRoute: () => root,
  path: "/audit",
  validateSearch: readAuditSearch,
  component: lazyRouteComponent(() => withExporterTexts(withMoreTexts(import("./pages/Audit/AuditPage"))), "AuditPage"),
});

const exporters = createRoute({
  getParentRoute: () => root,
  path: "/exporters",
  component: lazyRouteComponent(() => withExporterTexts(import("./pages/Exporters/ExportersPage")), "ExportersPage"),
});

const exporter = createRoute({
  getParentRoute: () => root,
  path: "/exporters/$name",
  validateSearch: readExporterSearch,
  component: lazyRouteComponent(() => withExporterTexts(import("./pages/Exporter/ExporterPage")), "ExporterPage"),
});

const newSource = createRoute({
  getParentRoute: () => root,
  path: "/exporters/$name/sources/new",
  component: lazyRouteComponent(() => withExporterTexts(import("./pages/SourceForm/NewSourcePage")), "NewSourcePage"),
});

const editSource = createRoute({
  getParentRoute: () => root,
  path: "/exporters/$name/sources/$source",
  component: lazyRouteComponent(() => withExporterTexts(import("./pages/SourceForm/EditSourcePage")), "EditSourcePage"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    overview,
    devices,
    device,
    settings,
    alerts,
    notifications,
    availability,
    storage,
    users,
    clients,
    audit,
    exporters,
    exporter,
    newSource,
    editSource,
  ]),
  parseSearch,
  stringifySearch,
  defaultPreload: "intent",
  defaultErrorComponent: ({ error }) => <CrashPage error={error} />,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
  interface HistoryState {
    /** Asks the devices page to put the cursor into its search. */
    focusSearch?: boolean;
  }
}
