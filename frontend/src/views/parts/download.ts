// Downloads of files that the page writes.

export function download(name: string, type: string, content: string): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // By then the browser has read the content.
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

/** A name that is valid on every file system. */
export function fileName(title: string, extension: string): string {
  const plain = title.toLowerCase().replaceAll(/[^\p{Letter}\p{Number}]+/gu, "-");
  return `${plain.replaceAll(/^-|-$/g, "") || "rasterlet"}.${extension}`;
}
