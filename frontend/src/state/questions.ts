// The requests that the present state needs, and their answers.

import { computed } from "@preact/signals";
import { filterColormap } from "../domain/colors";
import { hasHistogram, statisticsQuery } from "../domain/histogram";
import { bandOf, effective, outlineOf } from "../domain/overlay";
import { makeRows, type Row } from "../domain/tables";
import { toGeoJson } from "../domain/zones";
import { apiUrl } from "../service/config";
import type * as contract from "../service/contract";
import { follow, type Question, type State, valueOf } from "./resource";
import * as store from "./store";

type Pairs = [string, string][];

/** What the map shows: a path of the service, and the parameters common to its routes. */
export interface Layer {
  path: string;
  params: Pairs;
  item: contract.Item;
  /** Identifies the layer while sliders change its parameters. */
  place: string;
}

/** The overlay definition in priority mode, without layers of weight 0. */
const overlay = computed(() => {
  const present = store.mode.value === "priority" ? store.overlay.value : undefined;
  return present && effective(present);
});

export const layer = computed<Layer | undefined>(() => {
  const item = store.item.value;
  if (!item) return undefined;
  if (store.mode.value !== "priority" || !store.overlay.value) {
    const path = `datasets/${encodeURIComponent(item.id)}`;
    return { path, params: [], item, place: item.id };
  }
  const params = overlay.value && [pair(overlay.value)];
  return params && { path: "overlay", params, item, place: `overlay ${item.id}` };
});

function pair(value: contract.Overlay): [string, string] {
  return ["overlay", JSON.stringify(value)];
}

/** An answer about a layer, and which layer: another may be on the map by now. */
interface About<T> {
  place: string;
  value: T;
}

export const legendAnswer = follow<About<contract.Legend>>(
  computed(() => ask("legend.json")),
);
export const tileJsonAnswer = follow<About<contract.TileJson>>(
  computed(() => ask("tilejson.json")),
);

/** Undefined until the answer for the layer on the map has arrived. */
export const legend = computed(() => ofPresent(legendAnswer.value));
export const tileJson = computed(() => ofPresent(tileJsonAnswer.value));

function ofPresent<T>(state: State<About<T>>): T | undefined {
  const about = valueOf(state);
  return about && about.place === layer.value?.place ? about.value : undefined;
}

/** A question about the layer, independent of zones. */
function ask<T>(route: string): Question<About<T>> | undefined {
  const present = layer.value;
  if (!present) return undefined;
  const params = overlay.value ? [pair(outlineOf(overlay.value))] : present.params;
  const url = apiUrl(`${present.path}/${route}`, [...params, ...look(present)]);
  // Without a title, as the user did not ask for it: it is not recorded.
  const call = { title: "", method: "GET", url } as const;
  const { place } = present;
  return { call, place, read: (value) => ({ place, value: value as T }) };
}

/** The legend's classes; undefined for a quantity. */
export const classes = computed(() =>
  legend.value?.type === "classes" ? legend.value : undefined,
);

/** The style of an edited overlay: the colormap of its Item. */
function look({ path, item }: Layer): Pairs {
  const name = item.properties.renders?.["default"]?.colormap_name;
  return path === "overlay" && name
    ? [
        ["colormap_name", name],
        ["rescale", "0,1"],
      ]
    : [];
}

/** The parameters of the tiles: the layer's, and the filter of classes. */
const tileParams = computed<Pairs>(() => {
  const params = layer.value ? [...layer.value.params, ...look(layer.value)] : [];
  const [present, shown] = [classes.value, store.shown.value];
  if (!present || shown.length === 0) return params;
  return [...params, ["colormap", filterColormap(present, shown)]];
});

/** The version in the Item's link to its tiles, which makes them cacheable forever. */
function versionOf(item?: contract.Item): Pairs {
  const link = item?.links?.find(({ rel }) => rel === "tiles");
  const version = new URLSearchParams(link?.href.split("?")[1] ?? "").get("v");
  return version ? [["v", version]] : [];
}

/** A URL template; undefined without a layer. */
export const tiles = computed(() => {
  const present = layer.value;
  // Appended afterwards, because URL would encode the braces.
  const version = present?.path === "overlay" ? [] : versionOf(present?.item);
  const [start, query = ""] = apiUrl("", [...tileParams.value, ...version]).split("?");
  return present && `${start}${present.path}/tiles/{z}/{x}/{y}.png${query && `?${query}`}`;
});

export const tileJsonUrl = computed(
  () => layer.value && apiUrl(`${layer.value.path}/tilejson.json`, tileParams.value),
);

/** Statistics of the zones, in statistics and priority mode. */
export const statistics = follow<Row[]>(
  computed(() => {
    const [present, zones] = [layer.value, store.zones.value];
    const isAsked = store.mode.value === "statistics" || store.mode.value === "priority";
    if (!present || !isAsked || zones.length === 0) return undefined;
    const isInteger = present.path !== "overlay" && hasHistogram(present.item);
    const query = [...present.params, ...statisticsQuery(isInteger)];
    return {
      call: {
        title: `Statistics of ${zones.length === 1 ? zones[0]?.name : `${zones.length} zones`}`,
        method: "POST",
        url: apiUrl(`${present.path}/statistics`, query),
        body: toGeoJson(zones),
      },
      read: (answer) => makeRows(zones, listAnswers(answer as contract.StatisticsAnswer)),
    };
  }),
);

function listAnswers(answer: contract.StatisticsAnswer): contract.ZoneStatistics[] {
  return "features" in answer ? answer.features : [answer];
}

export const profile = follow<contract.ProfileAnswer>(
  computed(() => {
    const [present, line] = [layer.value, store.line.value];
    if (!present || store.mode.value !== "profile" || line.length < 2) return undefined;
    return {
      call: {
        title: "Profile along a line",
        method: "POST",
        url: apiUrl(`${present.path}/profile`, present.params),
        body: JSON.stringify({ type: "LineString", coordinates: line }),
      },
      read: (answer) => answer as contract.ProfileAnswer,
    };
  }),
);

/** Undefined until classes or a range are picked. */
const extractQuery = computed<Pairs | undefined>(() => {
  const picked = store.picked.value;
  if (classes.value) {
    if (picked.length === 0) return undefined;
    return picked.map((value) => ["classes", String(value)]);
  }
  const interval = store.interval.value;
  const item = store.item.value;
  if (!interval || !item || !bandOf(item)) return undefined;
  const [low, high] = interval;
  return [
    ["expression", `b1 >= ${low} and b1 <= ${high}`],
    ["classes", "1"],
  ];
});

/** The outlines of the picked classes, or of a range of a quantity. */
export const outlines = follow<contract.FeaturesAnswer>(
  computed(() => {
    const [present, zone] = [layer.value, store.zones.value.at(-1)];
    const query = extractQuery.value;
    if (!present || !zone || !query || store.mode.value !== "extract") return undefined;
    return {
      call: {
        title: `Outlines in ${zone.name}`,
        method: "POST",
        url: apiUrl(`${present.path}/features`, query),
        body: toGeoJson([zone]),
      },
      read: (answer) => answer as contract.FeaturesAnswer,
    };
  }),
);

/** Whether a request is running. */
export const isWaiting = computed(() =>
  [legendAnswer, tileJsonAnswer, statistics, profile, outlines].some(
    ({ value }) => value.state === "loading",
  ),
);
