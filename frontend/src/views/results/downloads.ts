// Statistics as files to download.

import { type Row, toCsv, toFeatureCollection } from "../../domain/tables";
import type { Legend } from "../../service/contract";
import { fileName } from "../parts/download";

interface Download {
  label: string;
  name: string;
  type: string;
  write(): string;
}

export function downloadsOf(rows: Row[], legend: Legend): Download[] {
  const [only] = rows;
  const title = rows.length === 1 && only ? only.zone.name : `${rows.length} zones`;
  return [
    {
      label: "CSV",
      name: fileName(title, "csv"),
      type: "text/csv",
      write: () => toCsv(rows, legend),
    },
    {
      label: "GeoJSON",
      name: fileName(title, "geojson"),
      type: "application/geo+json",
      write: () => toFeatureCollection(rows),
    },
  ];
}
