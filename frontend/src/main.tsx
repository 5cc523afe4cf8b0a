// The start of the page.

import "./styles/tokens.css";
import "./styles/controls.css";
import "./styles/panel.css";
import "./styles/results.css";
import "./styles/modes.css";
import "./styles/stage.css";
import "./styles/drawer.css";
import { effect } from "@preact/signals";
import { render } from "preact";
import { bindDrop } from "./input/drop";
import { bindKeys } from "./input/keys";
import { startStage } from "./map/stage";
import { type Call, send } from "./service/api";
import { apiUrl } from "./service/config";
import type { Item } from "./service/contract";
import { toProblem } from "./service/problem";
import { chooseMode } from "./state/actions";
import { bindAddress } from "./state/address";
import { clearAlert, showAlert } from "./state/alerts";
import * as questions from "./state/questions";
import * as store from "./state/store";
import { App } from "./views/app";

const CATALOGUE: Call = { title: "The catalogue", method: "GET", url: apiUrl("datasets") };

// The longest that the map waits for the catalogue, in milliseconds.
const PATIENCE = 150;

async function openCatalogue(): Promise<void> {
  try {
    const { features } = await send<{ features: Item[] }>(
      CATALOGUE,
      new AbortController().signal,
    );
    openFirst(features);
  } catch (error) {
    showAlert("catalogue", toProblem(error), () => {
      clearAlert("catalogue");
      void openCatalogue();
    });
  }
}

/** Opens the link's dataset, or else one that suits its mode. */
function openFirst(items: Item[]): void {
  store.items.value = items;
  if (store.item.peek()) {
    const bounds = store.item.peek()?.bbox;
    if (!store.view.peek() && bounds) store.destination.value = { bounds };
    return;
  }
  if (items.length === 0) {
    showAlert("catalogue", {
      title: "The catalogue is empty",
      detail: "Add a raster to it; docs/configuration.md says how.",
    });
    return;
  }
  const view = store.view.peek();
  store.datasetId.value = items[0]?.id;
  chooseMode(store.mode.peek());
  const bounds = store.item.peek()?.bbox;
  if (view) store.destination.value = { view };
  else if (bounds) store.destination.value = { bounds };
}

function watchNetwork(): void {
  const tell = () => {
    if (navigator.onLine) {
      clearAlert("offline");
      return;
    }
    showAlert("offline", {
      status: 0,
      title: "You are offline",
      detail: "The page keeps what it shows. New requests work once you are back online.",
    });
  };
  addEventListener("online", tell);
  addEventListener("offline", tell);
  tell();
}

function watchLegend(): void {
  effect(() => {
    const failed = [questions.legendAnswer, questions.tileJsonAnswer].find(
      ({ value }) => value.state === "failed",
    );
    if (failed?.value.state !== "failed") {
      clearAlert("legend");
      return;
    }
    showAlert("legend", failed.value.problem, () => {
      questions.legendAnswer.retry();
      questions.tileJsonAnswer.retry();
    });
  });
}

async function start(): Promise<void> {
  const catalogue = openCatalogue();
  render(<App />, document.getElementById("interface")!);
  bindKeys();
  bindDrop();
  watchNetwork();
  watchLegend();
  // Creating the map blocks the browser, so a catalogue that is about to arrive, and the
  // requests that follow from it, go first.
  await Promise.race([catalogue, new Promise((done) => setTimeout(done, PATIENCE))]);
  await startStage(document.getElementById("map")!);
}

bindAddress();
start().catch((error: unknown) => showAlert("map", toProblem(error)));
