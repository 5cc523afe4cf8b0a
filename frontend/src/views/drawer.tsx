// "Show the work": the page's own requests, and its layer for other programs.

import { useState } from "preact/hooks";
import { formats } from "../domain/format";
import { DRAWERS, type DrawerTab } from "../domain/link";
import {
  abridge,
  type Language,
  LANGUAGES,
  type Shown,
  writeLeaflet,
  writeMapLibre,
  writeRequest,
} from "../domain/snippets";
import { type Exchange, exchanges } from "../service/api";
import { apiUrl } from "../service/config";
import * as questions from "../state/questions";
import * as store from "../state/store";
import { CopyButton, Toggle } from "./parts/controls";
import { Icon } from "./parts/marks";

const TITLES: Record<DrawerTab, string> = {
  request: "Requests",
  layer: "Use this layer elsewhere",
};

export function Drawer() {
  const tab = store.drawer.value;
  if (!tab) return null;
  const close = () => (store.drawer.value = undefined);
  return (
    <section
      class="drawer"
      aria-label="Show the work"
      data-testid="drawer"
      onKeyDown={({ key }) => key === "Escape" && close()}
    >
      <header>
        <div class="segments" role="group" aria-label="Drawer content">
          {DRAWERS.map((name) => (
            <Toggle
              isOn={tab === name}
              onPress={() => (store.drawer.value = name)}
              testId={`drawer-${name}`}
            >
              {TITLES[name]}
            </Toggle>
          ))}
        </div>
        <button
          type="button"
          class="quiet icon-only"
          aria-label="Close"
          data-testid="drawer-close"
          onClick={close}
        >
          <Icon name="close" />
        </button>
      </header>
      {tab === "request" ? <Requests /> : <LayerElsewhere />}
    </section>
  );
}

function Requests() {
  const [language, setLanguage] = useState<Language>("curl");
  const [back, setBack] = useState(0);
  const kept = exchanges.value;
  const exchange = kept[back] ?? kept[0];
  if (!exchange) return <p class="empty">No requests yet.</p>;
  const code = writeRequest(exchange.call, language);
  return (
    <>
      <div class="row">
        <select
          aria-label="Request"
          data-testid="request-select"
          value={back}
          onChange={({ currentTarget }) => setBack(Number(currentTarget.value))}
        >
          {kept.map(({ call }, index) => (
            <option value={index}>{call.title}</option>
          ))}
        </select>
        <div class="segments" role="group" aria-label="Language">
          {LANGUAGES.map((name) => (
            <Toggle
              isOn={language === name}
              onPress={() => setLanguage(name)}
              testId={`language-${name}`}
            >
              {name}
            </Toggle>
          ))}
        </div>
      </div>
      <Code text={code} label={language} />
      <Outcome exchange={exchange} />
    </>
  );
}

function Outcome({ exchange }: { exchange: Exchange }) {
  const { status, milliseconds, bytes, travelled } = exchange;
  return (
    <p class="outcome" data-testid="outcome" data-status={status} data-bytes={bytes}>
      <span class={status < 400 ? "good" : "bad"}>{status}</span>
      <span>{formats.duration(milliseconds)}</span>
      <span>
        {formats.bytes(bytes)}
        {travelled !== undefined && travelled < bytes && (
          <> ({formats.bytes(travelled)} compressed)</>
        )}
      </span>
    </p>
  );
}

/** The layer's URLs, with snippets for other programs. */
function LayerElsewhere() {
  const [tiles, tileJson] = [questions.tiles.value, questions.tileJsonUrl.value];
  const answer = questions.tileJson.value;
  const layer = questions.layer.value;
  if (!tiles || !tileJson || !answer || !layer) {
    return <p class="empty">There is no layer on the map.</p>;
  }
  const shown: Shown = {
    title: layer.item.properties.title ?? layer.item.id,
    tiles,
    tileJson,
    attribution: answer.attribution ?? "",
    maxzoom: answer.maxzoom,
  };
  const isOverlay = layer.path === "overlay";
  return (
    <div class="elsewhere">
      <Address label="Tiles" text={tiles} />
      <Address label="TileJSON" text={tileJson} />
      {isOverlay ? (
        <p class="note">
          In QGIS: Browser → XYZ Tiles → New Connection, with the URL of the tiles.
        </p>
      ) : (
        <>
          <Address label="WMTS" text={apiUrl("wmts/1.0.0/WMTSCapabilities.xml")} />
          <p class="note">
            In QGIS: Layer → Add Layer → Add WMS/WMTS Layer → New, with the WMTS URL. The
            layer is <code>{layer.item.id}</code>.
          </p>
        </>
      )}
      <h3>Leaflet</h3>
      <Code text={writeLeaflet(shown)} label="Leaflet" />
      <h3>MapLibre</h3>
      <Code text={writeMapLibre(shown)} label="MapLibre" />
    </div>
  );
}

function Address({ label, text }: { label: string; text: string }) {
  const id = `address-${label}`;
  return (
    <div class="address">
      <label for={id}>{label}</label>
      <input id={id} type="text" readOnly value={text} data-testid={id} />
      <CopyButton text={text} label={label} />
    </div>
  );
}

function Code({ text, label }: { text: string; label: string }) {
  return (
    <div class="code">
      <pre tabIndex={0} role="region" aria-label={label}>
        <code data-testid={`code-${label}`}>{abridge(text)}</code>
      </pre>
      <CopyButton text={text} label={label} />
    </div>
  );
}
