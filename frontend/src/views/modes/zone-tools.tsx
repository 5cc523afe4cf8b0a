// Choosing zones: by click, by drawing, by name, or from GeoJSON.

import { useState } from "preact/hooks";
import { fitsLink, TOOLS, type Tool } from "../../domain/link";
import { takeGeoJson } from "../../input/drop";
import { places, showZones } from "../../map/stage";
import { ZONE_SETS } from "../../map/zone-sets";
import { chooseTool, dropZone, setZones, takeZone } from "../../state/actions";
import * as store from "../../state/store";
import { Toggle } from "../parts/controls";
import { Icon } from "../parts/marks";

const NAMES: Record<Tool, string> = {
  click: "Click",
  polygon: "Polygon",
  rectangle: "Rectangle",
  circle: "Circle",
};

const HINTS: Record<Tool, string> = {
  click: "Click a country, or zoom to California for its counties.",
  polygon: "Click to add corners; click the first again, or press Enter, to finish.",
  rectangle: "Click two opposite corners, or drag from one to the other.",
  circle: "Click the centre, then the edge, or drag outwards.",
};

export function ZoneTools({ takesSeveral }: { takesSeveral: boolean }) {
  return (
    <section class="zone-tools" aria-label="Zone">
      <div class="segments" role="group" aria-label="How to choose a zone">
        {TOOLS.map((tool) => (
          <Toggle
            isOn={store.tool.value === tool}
            onPress={() => chooseTool(tool)}
            testId={`tool-${tool}`}
          >
            <Icon name={tool} />
            {NAMES[tool]}
          </Toggle>
        ))}
      </div>
      <p class="note">{HINTS[store.tool.value]}</p>
      <div class="row">
        <PlaceSelect />
        {takesSeveral && (
          <Toggle
            isOn={store.isAdding.value}
            onPress={() => (store.isAdding.value = !store.isAdding.peek())}
            testId="adding"
            title="Keep the zones and add the next one (or hold Shift)"
          >
            Compare
          </Toggle>
        )}
      </div>
      <GeoJsonEntry />
      <Chosen />
    </section>
  );
}

/** The page's own zones by name, for choosing one without a pointer. */
function PlaceSelect() {
  const [only] = store.zones.value.slice(-1);
  const sets = ZONE_SETS.map((set) => ({
    set,
    members: places.value
      .filter((place) => place.set === set)
      .sort((one, other) => one.name.localeCompare(other.name)),
  }));
  const choose = (key: string) => {
    const place = places.peek().find((candidate) => candidate.key === key);
    if (!place) return;
    takeZone(place);
    showZones([place]);
  };
  return (
    <select
      aria-label="Zone by name"
      data-testid="zone-select"
      value={only?.key ?? ""}
      onChange={({ currentTarget }) => choose(currentTarget.value)}
    >
      <option value="">Or choose one by name …</option>
      {sets.map(({ set, members }) => (
        <optgroup label={set.heading}>
          {members.map(({ key, name }) => (
            <option value={key}>{name}</option>
          ))}
        </optgroup>
      ))}
    </select>
  );
}

/** State of the entry: its text, and the error of the last attempt to use it. */
function useEntry() {
  const [fault, setFault] = useState("");
  const [text, setText] = useState("");
  const use = (content: string) => {
    try {
      takeGeoJson(content);
      setFault("");
      setText("");
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    }
  };
  return { fault, text, setText, use };
}

function GeoJsonEntry() {
  const { fault, text, setText, use } = useEntry();
  return (
    <details class="geojson">
      <summary>Or drop, paste or open GeoJSON</summary>
      <input
        type="file"
        accept=".geojson,.json,application/geo+json"
        aria-label="GeoJSON file"
        data-testid="geojson-file"
        onChange={({ currentTarget }) =>
          void currentTarget.files?.[0]?.text().then(use)
        }
      />
      <textarea
        aria-label="GeoJSON"
        aria-describedby="geojson-fault"
        aria-invalid={fault !== ""}
        placeholder='{"type": "Polygon", "coordinates": …}'
        rows={4}
        spellcheck={false}
        data-testid="geojson-text"
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
      />
      <p id="geojson-fault" class="fault" role="alert" data-testid="geojson-fault">
        {fault}
      </p>
      <button type="button" disabled={text.trim() === ""} onClick={() => use(text)}>
        Use it
      </button>
    </details>
  );
}

/** The chosen zones, each with a button to remove it. */
function Chosen() {
  const zones = store.zones.value;
  if (zones.length < 2) return null;
  const lost = zones.filter((zone) => !fitsLink(zone)).length;
  return (
    <>
      {zones.length <= 6 && (
        <ul class="chips" aria-label="Chosen zones">
          {zones.map((zone) => (
            <li>
              {zone.name}
              <button
                type="button"
                class="quiet icon-only"
                aria-label={`Remove ${zone.name}`}
                onClick={() => dropZone(zone)}
              >
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <button type="button" class="small" data-testid="clear-zones" onClick={() => setZones([])}>
        Remove all {zones.length} zones
      </button>
      {lost > 0 && (
        <p class="note">The link omits {lost} of them because their outlines are too long.</p>
      )}
    </>
  );
}
