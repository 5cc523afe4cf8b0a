// The panel: dataset, mode, and the mode's controls and results.

import { type Mode, MODES } from "../domain/link";
import { isHelpOpen } from "../input/keys";
import { undo } from "../map/stage";
import { pageUrl } from "../service/config";
import { chooseMode } from "../state/actions";
import * as store from "../state/store";
import { Datasets } from "./datasets";
import { ExtractMode } from "./modes/extract-mode";
import { PriorityMode } from "./modes/priority-mode";
import { ProfileMode } from "./modes/profile-mode";
import { StatisticsMode } from "./modes/statistics-mode";
import { Icon } from "./parts/marks";

const NAMES: Record<Mode, string> = {
  statistics: "Statistics",
  profile: "Profile",
  extract: "Extract",
  priority: "Priority",
};

export function Panel() {
  const isFolded = store.folded.value;
  return (
    <aside id="panel" class={isFolded ? "panel is-folded" : "panel"} aria-label="Rasterlet">
      <Brand isFolded={isFolded} />
      <div id="panel-body" class="panel-body" hidden={isFolded}>
        <Datasets />
        <nav class="modes" aria-label="Modes">
          {MODES.map((mode, index) => (
            <ModeLink mode={mode} number={index + 1} />
          ))}
        </nav>
        <ModeBody mode={store.mode.value} />
        <Footer />
      </div>
    </aside>
  );
}

function Brand({ isFolded }: { isFolded: boolean }) {
  return (
    <header class="brand">
      <img src={pageUrl("icon.svg")} alt="" width="28" height="28" />
      <h1>Rasterlet</h1>
      <button
        type="button"
        class="quiet icon-only"
        aria-label="Undo"
        title="Undo (Ctrl Z)"
        data-testid="undo"
        onClick={undo}
      >
        <Icon name="undo" />
      </button>
      <button
        type="button"
        class="quiet icon-only fold"
        aria-expanded={!isFolded}
        aria-controls="panel-body"
        aria-label={isFolded ? "Expand the panel" : "Collapse the panel"}
        data-testid="panel-toggle"
        onClick={() => (store.folded.value = !isFolded)}
      >
        <Icon name="fold" />
      </button>
    </header>
  );
}

function Footer() {
  return (
    <footer>
      <button
        type="button"
        class="quiet"
        aria-expanded={store.drawer.value !== undefined}
        data-testid="show-work"
        onClick={() => (store.drawer.value = store.drawer.peek() ? undefined : "request")}
      >
        Show the work
      </button>
      <button type="button" class="quiet" onClick={() => (isHelpOpen.value = true)}>
        Shortcuts
      </button>
      <a href={pageUrl("licenses.txt")}>Licences</a>
    </footer>
  );
}

/** A link rather than a button, so that it can be copied and opened in another tab. */
function ModeLink({ mode, number }: { mode: Mode; number: number }) {
  const isHere = store.mode.value === mode;
  const choose = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    chooseMode(mode);
  };
  return (
    <a
      href={`#mode=${mode}`}
      aria-current={isHere ? "page" : undefined}
      title={`${NAMES[mode]} (${number})`}
      data-testid={`mode-${mode}`}
      onClick={choose}
    >
      <Icon name={mode} />
      {NAMES[mode]}
    </a>
  );
}

function ModeBody({ mode }: { mode: Mode }) {
  switch (mode) {
    case "statistics":
      return <StatisticsMode />;
    case "profile":
      return <ProfileMode />;
    case "extract":
      return <ExtractMode />;
    case "priority":
      return <PriorityMode />;
  }
}
