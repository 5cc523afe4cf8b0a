// The page's keyboard shortcuts.

import { useEffect, useRef } from "preact/hooks";
import { hasSingleKeys, isHelpOpen, KEY_HELP, setSingleKeys } from "../input/keys";

export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = isHelpOpen.value;
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog
      ref={dialog}
      class="help"
      aria-labelledby="help-heading"
      data-testid="help"
      onClose={() => (isHelpOpen.value = false)}
    >
      <h2 id="help-heading">Keyboard shortcuts</h2>
      <dl>
        {KEY_HELP.map(({ keys, does }) => (
          <div>
            <dt>{keys}</dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input
          type="checkbox"
          checked={hasSingleKeys.value}
          onChange={({ currentTarget }) => setSingleKeys(currentTarget.checked)}
        />
        Enable single-key shortcuts
      </label>
      <form method="dialog">
        <button type="submit" class="primary">
          Close
        </button>
      </form>
    </dialog>
  );
}
