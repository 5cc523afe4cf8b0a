// One bar per class in its legend colour, the largest fraction first.

import { colorOf } from "../../domain/colors";
import { formats } from "../../domain/format";
import { shareOf } from "../../domain/tables";
import type { Category, ClassLegend } from "../../service/contract";

interface Props {
  categories: Category[];
  legend: ClassLegend;
}

export function ClassBars({ categories, legend }: Props) {
  const ordered = categories
    .filter(({ count }) => count > 0)
    .toSorted((one, other) => shareOf(other) - shareOf(one));
  return (
    <table class="class-bars">
      <caption class="visually-hidden">Classes by fraction of the zone</caption>
      <thead class="visually-hidden">
        <tr>
          <th scope="col">Class</th>
          <th scope="col">Area</th>
          <th scope="col">Fraction</th>
        </tr>
      </thead>
      <tbody>
        {ordered.map((category) => (
          <ClassBar category={category} legend={legend} />
        ))}
      </tbody>
    </table>
  );
}

function ClassBar({ category, legend }: { category: Category; legend: ClassLegend }) {
  const { value, name, area_m2 } = category;
  const share = shareOf(category);
  const style = {
    width: `${share * 100}%`,
    backgroundColor: colorOf(legend, value),
  };
  return (
    <tr
      data-testid="class-bar"
      data-value={value}
      data-share={share}
      data-area={area_m2}
    >
      <th scope="row">
        {name ?? `Class ${value}`}
        <span class="track" aria-hidden="true">
          <span class="bar" style={style} />
        </span>
      </th>
      <td class="area">{area_m2 === undefined ? "" : formats.area(area_m2)}</td>
      <td class="share">{formats.percent(share * 100)}</td>
    </tr>
  );
}
