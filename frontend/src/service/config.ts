// Where the service answers. The page's <meta name="rasterlet-api"> says it; without a
// value it is beside the page.

const meta = document.querySelector<HTMLMetaElement>('meta[name="rasterlet-api"]');
const address = meta?.content || "./";

/** The base of the service's addresses; ends with "/". */
const API = new URL(address.endsWith("/") ? address : `${address}/`, document.baseURI);

/** An absolute address of the service. */
export function apiUrl(path: string, query: readonly [string, string][] = []): string {
  const search = new URLSearchParams(query as [string, string][]).toString();
  return `${API.href}${path}${search && `?${search}`}`;
}

/** An absolute address of a file of the page. */
export function pageUrl(path: string): string {
  return new URL(path, document.baseURI).href;
}
