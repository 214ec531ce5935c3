// The items of an issue: put in order by dragging their handles, which only stand here when there is a pointer to drag
// them with. The buttons Up and Down do the same by keys, and without this script.
const composition = () => document.getElementById("composition");
const items = (list) => [...list.querySelectorAll("[data-item]")];
const order = (list) => items(list).map((item) => item.dataset.item);
const EDGE = 80;

let drag = null;
let ticked = new Set();

function prepare() {
  const list = composition()?.querySelector("[data-arrange]");
  if (!list || items(list).length < 2) return;
  for (const item of items(list)) {
    if (!item.querySelector("form") || item.querySelector(".arrange__handle")) continue;
    const handle = document.createElement("span");
    handle.className = "arrange__handle";
    handle.title = list.dataset.handle;
    handle.setAttribute("aria-hidden", "true");
    item.prepend(handle);
  }
  const hint = composition().querySelector("[data-arrange-hint]");
  if (hint) hint.hidden = false;
}

function begin(event) {
  const item = event.target.closest?.(".arrange__handle")?.closest("[data-item]");
  if (!item || drag || event.button > 0) return;
  event.preventDefault();
  const list = item.closest("[data-arrange]");
  drag = { item, list, pointer: event.pointerId, before: order(list), siblings: items(list) };
  item.classList.add("arrange__item--moving");
}

function move(event) {
  if (!drag || event.pointerId !== drag.pointer) return;
  const others = items(drag.list).filter((item) => item !== drag.item);
  const next = others.find((item) => {
    const box = item.getBoundingClientRect();
    return event.clientY < box.top + box.height / 2;
  });
  if (drag.item.nextElementSibling !== (next ?? null)) drag.list.insertBefore(drag.item, next ?? null);
  if (event.clientY < EDGE) scrollBy(0, -12);
  else if (event.clientY > innerHeight - EDGE) scrollBy(0, 12);
}

function putBack({ list, siblings }) {
  list.append(...siblings);
}

function end(event) {
  if (!drag || (event.pointerId ?? drag.pointer) !== drag.pointer) return;
  const done = drag;
  drag = null;
  done.item.classList.remove("arrange__item--moving");
  if (event.type !== "pointerup") return putBack(done);
  const after = order(done.list);
  if (String(after) !== String(done.before)) save(done, after);
}

async function save(done, after) {
  const form = done.item.querySelector("form");
  const failed = () => {
    putBack(done);
    document.getElementById("said").textContent = done.list.dataset.failed;
    document.getElementById("said").classList.remove("visually-hidden");
  };
  const missed = (event) => event.detail.target === composition() && failed();
  const kinds = ["htmx:sendError", "htmx:responseError", "htmx:timeout"];
  for (const kind of kinds) document.addEventListener(kind, missed);
  try {
    const token = form.elements.csrfmiddlewaretoken.value;
    await window.htmx.ajax("POST", form.getAttribute("hx-post"), {
      target: "#composition",
      swap: "outerHTML settle:0ms",
      values: { order: after, moved: done.item.dataset.item, csrfmiddlewaretoken: token },
    });
  } catch {
    failed();
  } finally {
    for (const kind of kinds) document.removeEventListener(kind, missed);
  }
}

document.addEventListener("pointerdown", begin);
document.addEventListener("pointermove", move);
document.addEventListener("pointerup", end);
document.addEventListener("pointercancel", end);
document.addEventListener("keydown", (event) => event.key === "Escape" && drag && end(event));

// What was ticked stays ticked, and the focus stays where the work is, though the lists are new.
document.addEventListener("htmx:beforeSwap", () => {
  ticked = new Set([...document.querySelectorAll("#news input:checked")].map((box) => box.value));
});
document.addEventListener("htmx:afterSettle", (event) => {
  prepare();
  for (const box of document.querySelectorAll("#news input[type=checkbox]")) box.checked = ticked.has(box.value);
  if (document.activeElement !== document.body) return;
  const fromNews = event.detail.requestConfig?.elt?.closest?.("#news") ?? false;
  document.getElementById(fromNews ? "news-title" : "items-title")?.focus({ preventScroll: true });
});
prepare();
