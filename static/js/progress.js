// While an issue is being sent its section is renewed by itself. Whoever had the focus in it keeps it there: when what
// they stood on is gone, they stand on the heading.
let inside = false;
const parts = "#progress, #desk-actions";

document.addEventListener("htmx:beforeSwap", () => {
  inside = Boolean(document.activeElement?.closest(parts));
});
document.addEventListener("htmx:afterSettle", () => {
  if (inside && document.activeElement === document.body) document.getElementById("progress-title")?.focus();
});
