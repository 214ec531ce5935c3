// A picture behind a link with `data-zoom` opens over the page. Without this the link shows the picture by itself.
for (const link of document.querySelectorAll("a[data-zoom]")) {
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(link);
  });
}

function show(link) {
  const dialog = document.createElement("dialog");
  dialog.className = "zoomed";
  const picture = document.createElement("img");
  picture.src = link.href;
  picture.alt = link.querySelector("img").alt;
  dialog.setAttribute("aria-label", picture.alt);
  const close = document.createElement("button");
  close.type = "button";
  close.className = "button";
  close.textContent = link.dataset.zoom;
  dialog.append(close, picture);
  // A click on the picture sees it at its full size, another fits it in again; beside it closes.
  picture.addEventListener("click", () => dialog.classList.toggle("zoomed--whole"));
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    link.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
}
