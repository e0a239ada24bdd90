import { createRootRoute, createRoute, createRouter, redirect } from "@tanstack/react-router";
import { CrashPage } from "./components/CrashPage";
import { lazyPage } from "./components/parts";
import { Shell } from "./components/Shell";
import { parseSearch, stringifySearch } from "./lib/url_state";
import { readAlertSearch } from "./pages/Alerts/search";
import { readAuditSearch } from "./pages/Audit/search";
import { readAvailabilitySearch } from "./pages/Availability/search";
import { readDevicePageSearch } from "./pages/Device/search";
import { readDeviceSearch } from "./pages/Devices/search";
import { readExporterSearch } from "./pages/Exporter/search";
import { readExportersSearch } from "./pages/Exporters/search";
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
  component: lazyPage(() => import("./pages/Overview/OverviewPage"), "OverviewPage"),
});

const devices = createRoute({
  getParentRoute: () => root,
  path: "/devices",
  validateSearch: readDeviceSearch,
  component: lazyPage(() => import("./pages/Devices/DevicesPage"), "DevicesPage"),
});

const device = createRoute({
  getParentRoute: () => root,
  // An id may hold slashes.
  path: "/devices/$platform/$source/$",
  validateSearch: readDevicePageSearch,
  component: lazyPage(() => import("./pages/Device/DevicePage"), "DevicePage", "device"),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings",
  component: lazyPage(() => import("./pages/Settings/SettingsPage"), "SettingsPage", "entry", "more"),
});

const alerts = createRoute({
  getParentRoute: () => root,
  path: "/alerts",
  validateSearch: readAlertSearch,
  component: lazyPage(() => import("./pages/Alerts/AlertsPage"), "AlertsPage", "more"),
});

const notifications = createRoute({
  getParentRoute: () => root,
  path: "/notifications",
  component: lazyPage(() => import("./pages/Notifications/NotificationsPage"), "NotificationsPage", "more"),
});

const availability = createRoute({
  getParentRoute: () => root,
  path: "/availability",
  validateSearch: readAvailabilitySearch,
  component: lazyPage(() => import("./pages/Availability/AvailabilityPage"), "AvailabilityPage", "more"),
});

const storage = createRoute({
  getParentRoute: () => root,
  path: "/storage",
  component: lazyPage(() => import("./pages/Storage/StoragePage"), "StoragePage", "more"),
});

const users = createRoute({
  getParentRoute: () => root,
  path: "/users",
  component: lazyPage(() => import("./pages/Users/UsersPage"), "UsersPage", "entry", "more"),
});

const clients = createRoute({
  getParentRoute: () => root,
  path: "/clients",
  component: lazyPage(() => import("./pages/Clients/ClientsPage"), "ClientsPage", "more"),
});

const audit = createRoute({
  getParentRoute: () => root,
  path: "/audit",
  validateSearch: readAuditSearch,
  component: lazyPage(() => import("./pages/Audit/AuditPage"), "AuditPage", "exporter", "more"),
});

const exporters = createRoute({
  getParentRoute: () => root,
  path: "/exporters",
  validateSearch: readExportersSearch,
  component: lazyPage(() => import("./pages/Exporters/ExportersPage"), "ExportersPage", "exporter"),
});

const exporter = createRoute({
  getParentRoute: () => root,
  path: "/exporters/$name",
  validateSearch: readExporterSearch,
  component: lazyPage(() => import("./pages/Exporter/ExporterPage"), "ExporterPage", "exporter"),
});

const newSource = createRoute({
  getParentRoute: () => root,
  path: "/exporters/$name/sources/new",
  component: lazyPage(() => import("./pages/SourceForm/NewSourcePage"), "NewSourcePage", "exporter"),
});

const editSource = createRoute({
  getParentRoute: () => root,
  path: "/exporters/$name/sources/$source",
  component: lazyPage(() => import("./pages/SourceForm/EditSourcePage"), "EditSourcePage", "exporter"),
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
