// A button that copies what stands in the field before it. Without this script the field can be selected by hand.
for (const bar of document.querySelectorAll("[data-copy]")) {
  const field = bar.querySelector("input");
  const button = bar.querySelector("button");
  const said = bar.parentElement.querySelector("[role=status]");
  button.hidden = false;
  field.addEventListener("focus", () => field.select());
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      said.textContent = bar.dataset.copied;
    } catch {
      // Not allowed here: then it is selected, for the reader to copy.
      field.focus();
    }
  });
}
