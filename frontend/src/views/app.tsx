// The interface above the map.

import { isOver } from "../input/drop";
import { isCrossed } from "../map/pointer";
import { isBusy } from "../map/stage";
import { announcement } from "../state/store";
import { Alerts } from "./alerts";
import { Drawer } from "./drawer";
import { Help } from "./help";
import { LegendCard } from "./legend";
import { Panel } from "./panel";
import { Tooltip } from "./tooltip";

export function App() {
  return (
    <>
      <div class="busy-bar" hidden={!isBusy.value} />
      <Panel />
      <LegendCard />
      <Alerts />
      <Drawer />
      <Tooltip />
      {isCrossed.value && <div class="crosshair" aria-hidden="true" />}
      {isOver.value && (
        <div class="drop-target" aria-hidden="true">
          <p>Drop GeoJSON here</p>
        </div>
      )}
      <Help />
      <p class="visually-hidden" role="status">
        {announcement}
      </p>
    </>
  );
}
