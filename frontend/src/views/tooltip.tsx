// What is under the pointer: the zone at once, the values as soon as the pointer rests.

import { colorOf } from "../domain/colors";
import { formatPosition, formats } from "../domain/format";
import { cursor } from "../map/pointer";
import type { PointAnswer, PointValue } from "../service/contract";
import { classes } from "../state/questions";
import { Swatch } from "./parts/marks";

export function Tooltip() {
  const present = cursor.value;
  if (!present || (!present.placeName && !present.answer)) return null;
  const { x, y, placeName, answer, longitude, latitude } = present;
  // Beside the pointer, on the side with more room.
  const isRight = x > innerWidth / 2;
  const isLow = y > innerHeight - 160;
  const transform = [
    `translate(${x}px, ${y}px)`,
    isRight ? "translateX(calc(-100% - 14px))" : "translateX(14px)",
    isLow ? "translateY(calc(-100% - 10px))" : "translateY(16px)",
  ].join(" ");
  return (
    <div class="tooltip" aria-hidden="true" data-testid="point-value" style={{ transform }}>
      {answer && <Values answer={answer} />}
      {placeName && <p>{placeName}</p>}
      <p class="place">{formatPosition(longitude, latitude)}</p>
    </div>
  );
}

function Values({ answer }: { answer: PointAnswer }) {
  return (
    <>
      {answer.values.map((value) => (
        <Value value={value} />
      ))}
      {answer.layers?.map(({ dataset, label, value, unit, score }) => (
        <p class="part">
          {`${dataset}: ${label ?? (value === null ? "no data" : formats.quantity(value, unit))}`}
          {score !== null && ` → ${formats.number(score)}`}
        </p>
      ))}
    </>
  );
}

function Value({ value: { value, label, unit } }: { value: PointValue }) {
  if (value === null) return <p class="value">No data</p>;
  const legend = classes.value;
  return (
    <p class="value" data-value={value}>
      {legend && <Swatch color={colorOf(legend, value)} />}
      {label ?? formats.quantity(value, unit)}
    </p>
  );
}
