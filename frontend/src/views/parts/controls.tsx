// Buttons that several views share.

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

interface ToggleProps {
  isOn: boolean;
  onPress: () => void;
  testId?: string;
  title?: string;
  children: ComponentChildren;
}

/** A toggle button. */
export function Toggle({ isOn, onPress, testId, title, children }: ToggleProps) {
  return (
    <button
      type="button"
      aria-pressed={isOn}
      data-testid={testId}
      title={title}
      onClick={onPress}
    >
      {children}
    </button>
  );
}

/** Copies a text to the clipboard and shows whether that worked. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [said, say] = useState("Copy");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      say("Copied");
    } catch {
      // Permission denied, or the page is not in a secure context.
      say("Copy failed");
    }
    setTimeout(() => say("Copy"), 1600);
  };
  return (
    <button type="button" class="small" aria-label={`${said} ${label}`} onClick={() => void copy()}>
      {said}
    </button>
  );
}
