/* Uploads a picture as soon as it is chosen or dropped: a preview, how far it has come, cancel, and going on after a
   broken connection. Without this module each picture has its own upload button, and the form sends whatever file is
   still chosen: that is also what happens when something fails. */

import { takeDrops } from "./pictures/drop.js";
import { Meter, fill } from "./pictures/meter.js";
import { began, ended } from "./pictures/patience.js";
import { Transfer } from "./pictures/transfer.js";

const ROOT = "[data-picture-input]";
/* Of a hundred: how far it has come is said aloud this often, and on a fast line not at all. */
const MILESTONE = 25;
const QUIET_MS = 5000;

const uploads = new WeakMap();
const passing = new WeakSet();

class Upload {
  constructor(root, file) {
    Object.assign(this, { root, file, milestone: 0, spoken: performance.now() });
    this.meter = new Meter(file.size, words(root), document.documentElement.lang);
    this.transfer = new Transfer(file, {
      url: root.dataset.transfersUrl,
      token: root.closest("form").querySelector("[name=csrfmiddlewaretoken]").value,
      metadata: { slot: root.dataset.slot, saved: root.querySelector("[data-picture-saved]").value },
      words: words(root),
      tell: this,
    });
  }

  start() {
    began(this.root);
    show(this.root, { retry: false });
    this.transfer.start();
  }

  cancel() {
    this.transfer.cancel();
    ended(this.root, false);
  }

  /* --- What the transfer tells --- */

  sent(bytes) {
    bar(this.root).value = (100 * bytes) / this.file.size;
    const said = this.meter.note(bytes);
    if (said) figures(this.root, said);
    const milestone = Math.floor((100 * bytes) / this.file.size / MILESTONE) * MILESTONE;
    if (milestone <= this.milestone || milestone >= 100 || performance.now() - this.spoken < QUIET_MS) return;
    this.milestone = milestone;
    this.say(fill(words(this.root).milestone, { percent: milestone, name: this.file.name }), "quiet");
  }

  checking() {
    bar(this.root).removeAttribute("value");
    figures(this.root, "");
    this.say(words(this.root).checking);
  }

  broken() {
    this.say(words(this.root).interrupted);
  }

  waiting(seconds) {
    figures(this.root, fill(words(this.root).again, { seconds }));
  }

  resumed() {
    this.meter.again(this.transfer.offset);
    this.sent(this.transfer.offset);
    this.say(`${words(this.root).sending}: ${this.file.name}`, "quiet");
  }

  stopped(sentence) {
    ended(this.root, false);
    show(this.root, { retry: true });
    figures(this.root, "");
    say(this.root, sentence || words(this.root).broken, "error");
  }

  refused(sentence) {
    hide(this.root);
    chooser(this.root).value = "";
    say(this.root, sentence, "error");
    ended(this.root, false);
  }

  saved({ sentence, html }) {
    const fresh = replace(this.root, html, sentence);
    preview(fresh.querySelector("[data-picture-preview]"), this.file);
    forgetError(fresh);
    fresh.dispatchEvent(new CustomEvent("picture:saved", { bubbles: true }));
    ended(this.root, true);
  }

  /* What is seen beside the bar already is only heard: “quiet”. */
  say(sentence, kind) {
    this.spoken = performance.now();
    say(this.root, sentence, kind);
  }
}

document.documentElement.classList.add("pictures-live");

document.addEventListener("change", (event) => {
  const root = event.target.closest?.(ROOT);
  const file = event.target.type === "file" && event.target.files[0];
  if (root && file) send(root, file);
});

document.addEventListener("click", (event) => {
  const root = event.target.closest?.(ROOT);
  if (!root) return;
  if (event.target.closest("[data-picture-cancel]")) cancel(root);
  if (event.target.closest("[data-picture-retry]")) {
    root.querySelector("[data-picture-cancel]").focus();
    say(root, `${words(root).sending}: ${uploads.get(root).file.name}`, "quiet");
    uploads.get(root).start();
  }
  const remove = event.target.closest("[data-picture-remove]");
  if (remove && !passing.has(remove)) {
    event.preventDefault();
    removeSaved(root, remove);
  }
});

takeDrops(ROOT, (root, files) => {
  const one = new DataTransfer();
  one.items.add(files[0]);
  // Without the module's help the form would send it as if it had been chosen.
  chooser(root).files = one.files;
  send(root, files[0]);
  if (files.length > 1) say(root, fill(words(root).one, { name: files[0].name }));
});

/* On a slow line somebody chooses before this module has come: nobody heard that, so look once. */
for (const root of document.querySelectorAll(ROOT)) if (chooser(root).files[0]) send(root, chooser(root).files[0]);

function send(root, file) {
  uploads.get(root)?.cancel();
  forgetError(root);
  if (file.size > Number(root.dataset.maxBytes)) {
    hide(root);
    chooser(root).value = "";
    say(root, words(root).tooLarge, "error");
    return;
  }
  root.querySelector("[data-picture-going-name]").textContent = file.name;
  preview(root.querySelector("[data-picture-going-preview]"), file);
  bar(root).value = 0;
  figures(root, "");
  say(root, `${words(root).sending}: ${file.name}`, "quiet");
  const upload = new Upload(root, file);
  uploads.set(root, upload);
  upload.start();
}

function cancel(root) {
  uploads.get(root)?.cancel();
  uploads.delete(root);
  hide(root);
  chooser(root).value = "";
  chooser(root).focus();
  say(root, words(root).cancelled);
}

function removeSaved(root, button) {
  button.disabled = true;
  const byForm = () => {
    button.disabled = false;
    passing.add(button);
    button.click();
  };
  const data = new FormData();
  data.append("csrfmiddlewaretoken", root.closest("form").querySelector("[name=csrfmiddlewaretoken]").value);
  data.append("slot", root.dataset.slot);
  data.append("saved", root.querySelector("[data-picture-saved]").value);
  const request = new XMLHttpRequest();
  request.open("POST", root.dataset.removalUrl);
  request.responseType = "json";
  request.addEventListener("load", () => {
    const { sentence, html } = request.response ?? {};
    if (request.status !== 200 || !html) return byForm();
    const fresh = replace(root, html, sentence);
    chooser(fresh).focus();
    fresh.dispatchEvent(new CustomEvent("picture:removed", { bubbles: true }));
  });
  request.addEventListener("error", byForm);
  request.send(data);
}

/* Puts the widget as the server drew it in place of this one; the live region is filled after it is in the page. */
function replace(root, html, sentence) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  const fresh = template.content.firstElementChild;
  const focused = root.contains(document.activeElement);
  const described = chooser(root).getAttribute("aria-describedby");
  if (described) chooser(fresh).setAttribute("aria-describedby", described);
  root.replaceWith(fresh);
  if (focused) chooser(fresh).focus({ preventScroll: true });
  setTimeout(() => say(fresh, sentence, "quiet"), 100);
  return fresh;
}

/* A file that the browser cannot draw gets none. */
function preview(place, file) {
  const image = new Image();
  image.alt = "";
  image.decoding = "async";
  image.src = URL.createObjectURL(file);
  const done = (drawn) => {
    URL.revokeObjectURL(image.src);
    if (drawn) place.replaceChildren(image);
  };
  place.closest("[data-picture-going]")?.querySelector("[data-picture-going-preview]").replaceChildren();
  image.addEventListener("load", () => done(true));
  image.addEventListener("error", () => done(false));
}

/* What the server said about the file before is no longer true. */
function forgetError(root) {
  const field = root.closest(".field");
  field?.classList.remove("field--error");
  field?.querySelector(".errorlist")?.remove();
}

function show(root, { retry }) {
  root.querySelector("[data-picture-going]").hidden = false;
  root.querySelector("[data-picture-retry]").hidden = !retry;
  bar(root).hidden = retry;
  root.setAttribute("aria-busy", String(!retry));
}

function hide(root) {
  root.querySelector("[data-picture-going]").hidden = true;
  root.setAttribute("aria-busy", "false");
}

function figures(root, text) {
  root.querySelector("[data-picture-figures]").textContent = text;
}

function say(root, sentence, kind = "") {
  const place = root.querySelector("[data-picture-message]");
  place.dataset.kind = kind;
  place.textContent = sentence;
  chooser(root).removeAttribute("aria-invalid");
  if (kind !== "error") return;
  chooser(root).setAttribute("aria-invalid", "true");
  forgetError(root);
  root.closest(".field")?.classList.add("field--error");
}

/* The sentences that the server wrote into the widget, by their names: data-words-too-large is `tooLarge`. */
function words(root) {
  const told = Object.entries(root.dataset).filter(([name]) => name.startsWith("words"));
  return Object.fromEntries(told.map(([name, text]) => [name.charAt(5).toLowerCase() + name.slice(6), text]));
}

function chooser(root) {
  return root.querySelector("input[type=file]");
}

function bar(root) {
  return root.querySelector("progress");
}
