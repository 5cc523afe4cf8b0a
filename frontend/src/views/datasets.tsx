// The datasets, each with a preview image.

import { apiUrl } from "../service/config";
import type { Item } from "../service/contract";
import { chooseDataset } from "../state/actions";
import * as store from "../state/store";

const SIDE = "256";

export function Datasets() {
  const items = store.items.value;
  if (items.length === 0) return <div class="datasets is-empty" aria-hidden="true" />;
  return (
    <section aria-label="Dataset">
      <fieldset class="datasets" data-testid="datasets">
        <legend class="visually-hidden">Dataset</legend>
        {items.map((item) => (
          <DatasetCard item={item} />
        ))}
      </fieldset>
    </section>
  );
}

function DatasetCard({ item }: { item: Item }) {
  const path = `datasets/${encodeURIComponent(item.id)}/preview.webp`;
  const title = item.properties.title ?? item.id;
  return (
    <label class="dataset" data-testid={`dataset-${item.id}`}>
      <input
        type="radio"
        name="dataset"
        checked={item.id === store.datasetId.value}
        onChange={() => chooseDataset(item.id)}
      />
      <img
        src={apiUrl(path, [["max_size", SIDE]])}
        alt=""
        width="96"
        height="56"
        loading="lazy"
        decoding="async"
        // A blank in place of the browser's broken image.
        onError={(event) => (event.currentTarget.style.visibility = "hidden")}
      />
      <span>{title}</span>
    </label>
  );
}
