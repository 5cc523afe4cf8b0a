// Files for the user to keep.

export function download(name: string, type: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken the content by the next turn.
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** A name that every file system takes. */
export function fileName(title: string, extension: string): string {
  const plain = title.toLowerCase().replaceAll(/[^\p{Letter}\p{Number}]+/gu, "-");
  return `${plain.replaceAll(/^-|-$/g, "") || "rasterlet"}.${extension}`;
}
