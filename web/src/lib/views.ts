/** Views that a person keeps: a name and the part of the address that makes the view. Anybody with the link sees the same. */

export interface SavedView {
  name: string;
  /** As in the address: `?status=offline&sort=name`. */
  query: string;
}

const KEY = "vitrina-views";

/** What somebody else's script or an older version left there is not trusted. */
export function readViews(stored: string | null): SavedView[] {
  if (stored === null) return [];
  try {
    const value: unknown = JSON.parse(stored);
    return Array.isArray(value) ? value.filter(isView) : [];
  } catch {
    return [];
  }
}

function isView(value: unknown): value is SavedView {
  const view = value as Partial<SavedView> | null;
  return typeof view?.name === "string" && typeof view.query === "string" && /^(\?|$)/.test(view.query);
}

/** With the view added, in the place of one of the same name. */
export function withView(views: readonly SavedView[], view: SavedView): SavedView[] {
  return [...views.filter(({ name }) => name !== view.name), view].sort((a, b) => a.name.localeCompare(b.name));
}

export function storedViews(): SavedView[] {
  try {
    return readViews(localStorage.getItem(KEY));
  } catch {
    return [];
  }
}

export function storeViews(views: readonly SavedView[]): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(views));
  } catch {
    // Storage may be forbidden: the views then last as long as the page.
  }
}
