/* Uploads a picture as soon as it is chosen, with progress, cancel and retry. Without this module each picture has its
   own upload button, and the form sends whatever file is still chosen: that is also what happens when something fails. */

const ROOT = "[data-picture-input]";
const attempts = new WeakMap();
const passing = new WeakSet();

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
  if (event.target.closest("[data-picture-retry]")) send(root, attempts.get(root).file);
  const remove = event.target.closest("[data-picture-remove]");
  if (remove && !passing.has(remove)) {
    event.preventDefault();
    removeSaved(root, remove);
  }
});

/* On a slow line somebody chooses before this module has come: nobody heard that, so look once. */
for (const root of document.querySelectorAll(ROOT)) if (chooser(root).files[0]) send(root, chooser(root).files[0]);

function send(root, file) {
  attempts.get(root)?.request?.abort();
  if (file.size > Number(root.dataset.maxBytes)) {
    chooser(root).value = "";
    say(root, root.dataset.wordsTooLarge, "error");
    return;
  }
  working(root, true);
  forgetError(root);
  say(root, `${root.dataset.wordsSending}: ${file.name}`);
  const request = post(root, root.dataset.uploadUrl, { file }, (request) => {
    request.upload.addEventListener("progress", ({ loaded, total, lengthComputable }) => {
      if (lengthComputable) bar(root).value = (100 * loaded) / total;
    });
    request.upload.addEventListener("load", () => {
      bar(root).removeAttribute("value");
      say(root, root.dataset.wordsChecking);
    });
    request.addEventListener("load", () => received(root, request, file));
    request.addEventListener("error", () => broken(root));
  });
  attempts.set(root, { file, request });
}

function received(root, request, file) {
  const { sentence, html } = request.response ?? {};
  if (request.status === 201 && html) {
    const fresh = replace(root, html, sentence);
    preview(fresh, file);
    forgetError(fresh);
    fresh.dispatchEvent(new CustomEvent("picture:saved", { bubbles: true }));
  } else if (sentence) {
    working(root, false);
    chooser(root).value = "";
    say(root, sentence, "error");
  } else {
    broken(root);
  }
}

function broken(root) {
  working(root, false);
  root.querySelector("[data-picture-retry]").hidden = false;
  say(root, root.dataset.wordsBroken, "error");
}

function cancel(root) {
  attempts.get(root)?.request?.abort();
  working(root, false);
  chooser(root).value = "";
  chooser(root).focus();
  say(root, root.dataset.wordsCancelled);
}

function removeSaved(root, button) {
  button.disabled = true;
  const byForm = () => {
    button.disabled = false;
    passing.add(button);
    button.click();
  };
  post(root, root.dataset.removalUrl, {}, (request) => {
    request.addEventListener("load", () => {
      const { sentence, html } = request.response ?? {};
      if (request.status !== 200 || !html) return byForm();
      const fresh = replace(root, html, sentence);
      chooser(fresh).focus();
      fresh.dispatchEvent(new CustomEvent("picture:removed", { bubbles: true }));
    });
    request.addEventListener("error", byForm);
  });
}

/* `listen` gets the request before it is sent: afterwards, nobody would tell of its progress. */
function post(root, url, more, listen) {
  const form = root.closest("form");
  const data = new FormData();
  data.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
  data.append("slot", root.dataset.slot);
  data.append("saved", root.querySelector("[data-picture-saved]").value);
  for (const [name, value] of Object.entries(more)) data.append(name, value);
  const request = new XMLHttpRequest();
  request.open("POST", url);
  request.responseType = "json";
  listen(request);
  request.send(data);
  return request;
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

function preview(root, file) {
  const place = root.querySelector("[data-picture-preview]");
  const image = new Image();
  image.alt = "";
  image.src = URL.createObjectURL(file);
  image.addEventListener("load", () => {
    URL.revokeObjectURL(image.src);
    place.replaceChildren(image);
  });
  image.addEventListener("error", () => URL.revokeObjectURL(image.src));
}

/* What the server said about the file before is no longer true. */
function forgetError(root) {
  const field = root.closest(".field");
  field?.classList.remove("field--error");
  field?.querySelector(".errorlist")?.remove();
}

function working(root, busy) {
  root.querySelector("[data-picture-progress]").hidden = !busy;
  root.querySelector("[data-picture-retry]").hidden = true;
  root.setAttribute("aria-busy", String(busy));
  bar(root).value = 0;
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

function chooser(root) {
  return root.querySelector("input[type=file]");
}

function bar(root) {
  return root.querySelector("progress");
}
