// Several zones as a table, sortable by every column.

import { formats } from "../../domain/format";
import { type Column, nextSort, type Row, shareOf, sortRows } from "../../domain/tables";
import { showZones } from "../../map/stage";
import type { Legend } from "../../service/contract";
import * as store from "../../state/store";
import { whyNothing } from "./zone-figures";

interface Shown extends Column {
  show(row: Row): string;
}

export function ZoneTable({ rows, legend }: { rows: Row[]; legend: Legend }) {
  const columns = legend.type === "classes" ? classColumns(legend) : figureColumns(legend);
  const sort = store.sort.value;
  return (
    <div class="table-frame" role="region" aria-label="Zones" tabIndex={0}>
      <table class="zones" data-testid="zone-table">
        <thead>
          <tr>
            {columns.map((column) => (
              <Heading column={column} sort={sort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {sortRows(rows, columns, sort).map((row) => (
            <Line row={row} columns={columns} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Heading({ column: { key, label }, sort }: { column: Column; sort: string }) {
  const order =
    sort === key ? "ascending" : sort === `-${key}` ? "descending" : undefined;
  return (
    <th scope="col" aria-sort={order}>
      <button
        type="button"
        data-testid={`sort-${key}`}
        onClick={() => (store.sort.value = nextSort(sort, key))}
      >
        {label}
      </button>
    </th>
  );
}

function Line({ row, columns }: { row: Row; columns: Shown[] }) {
  const nothing = whyNothing(row);
  return (
    <tr>
      <th scope="row">
        <button type="button" class="link" onClick={() => showZones([row.zone])}>
          {row.zone.name}
        </button>
      </th>
      {nothing ? (
        <td class="nothing" colSpan={columns.length - 1}>
          {nothing}
        </td>
      ) : (
        columns.slice(1).map((column) => (
          <td data-key={column.key} data-value={column.read(row) ?? ""}>
            {column.show(row)}
          </td>
        ))
      )}
    </tr>
  );
}

const NAME: Shown = {
  key: "name",
  label: "Zone",
  read: ({ zone }) => zone.name,
  show: ({ zone }) => zone.name,
};

const AREA: Shown = {
  key: "area",
  label: "Area",
  read: ({ band }) => band.area_m2 ?? null,
  show: ({ band }) => (typeof band.area_m2 === "number" ? formats.area(band.area_m2) : "–"),
};

function classColumns(legend: Legend & { type: "classes" }): Shown[] {
  const top = ({ band }: Row) =>
    band.categories?.reduce((one, other) => (shareOf(other) > shareOf(one) ? other : one));
  const share = (row: Row) => {
    const category = top(row);
    return category ? shareOf(category) : null;
  };
  const nameOf = (row: Row) =>
    legend.entries.find(({ value }) => value === top(row)?.value)?.label ?? "–";
  return [
    NAME,
    { key: "top", label: "Most common", read: nameOf, show: nameOf },
    {
      key: "share",
      label: "Fraction",
      read: share,
      show: (row) => formats.percent((share(row) ?? 0) * 100),
    },
    AREA,
  ];
}

function figureColumns(legend: Legend): Shown[] {
  const unit = legend.type === "continuous" ? legend.unit : null;
  const column = (key: "mean" | "median" | "min" | "max", label: string): Shown => ({
    key,
    label,
    read: ({ band }) => band[key] ?? null,
    show: ({ band }) => {
      const value = band[key];
      return typeof value === "number" ? formats.quantity(value, unit) : "–";
    },
  });
  return [
    NAME,
    column("mean", "Mean"),
    column("median", "Median"),
    column("min", "Min"),
    column("max", "Max"),
    AREA,
  ];
}
