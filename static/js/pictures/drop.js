/* Files dragged into the page: dropped on a picture's field they are taken, beside it nothing happens. Without this a
   browser leaves the page for the file, and the form with all that was written in it. */

const DRAGGING = "pictures-dragging";
let over = null;

/* `root` is the selector of a place; `take(root, files)` gets what was dropped on it. */
export function takeDrops(root, take) {
  const place = (target) => target.closest?.(root) ?? target.closest?.(".field")?.querySelector(root) ?? null;
  const others = (target) => target.closest?.("input[type=file], [contenteditable]") && !target.closest(root);
  const concerns = (event) => event.dataTransfer?.types.includes("Files") && !others(event.target);

  addEventListener("dragover", (event) => {
    if (!concerns(event)) return;
    event.preventDefault();
    mark(place(event.target));
    document.documentElement.classList.add(DRAGGING);
    event.dataTransfer.dropEffect = over ? "copy" : "none";
  });
  addEventListener("dragleave", (event) => event.relatedTarget || stop());
  addEventListener("dragend", stop);
  addEventListener("drop", (event) => {
    stop();
    if (!concerns(event)) return;
    event.preventDefault();
    const found = place(event.target);
    if (found && event.dataTransfer.files.length) take(found, event.dataTransfer.files);
  });
}

function mark(root) {
  if (root === over) return;
  over?.classList.remove("picture-input--over");
  root?.classList.add("picture-input--over");
  over = root;
}

function stop() {
  mark(null);
  document.documentElement.classList.remove(DRAGGING);
}
