// The service's base URL: the content of <meta name="rasterlet-api">, by default the
// page's own folder.

const meta = document.querySelector<HTMLMetaElement>('meta[name="rasterlet-api"]');
const address = meta?.content || "./";

/** Ends with "/". */
const API = new URL(address.endsWith("/") ? address : `${address}/`, document.baseURI);

/** The absolute URL of a route of the service. */
export function apiUrl(path: string, query: readonly [string, string][] = []): string {
  const search = new URLSearchParams(query as [string, string][]).toString();
  return `${API.href}${path}${search && `?${search}`}`;
}

/** The absolute URL of a file of the page. */
export function pageUrl(path: string): string {
  return new URL(path, document.baseURI).href;
}
