/* Saves forms marked data-autosave while people write, and keeps their words on this device until the server has them.

   The form posts to itself, or where data-autosave says, asking for JSON: 200 {saved_at} with {version} or {hidden}: what
   its hidden fields are from now on, 400 {errors}, 409 {conflict}, or a {sentence} to show. What to say in each case
   stands on the form as data attributes; data-autosave-skip names fields that are not to be kept. A page that shows that
   a sent form has arrived says so with data-autosave-arrived, which has the form's data-autosave. */

const QUIET_MS = 1200;
const RETRY_MS = 10000;
const KEPT_MS = 30 * 24 * 3600 * 1000;
const PREFIX = "autosave:";
const OWN = new Set(["csrfmiddlewaretoken", "version"]);

class Autosave {
  constructor(form) {
    this.form = form;
    this.url = form.dataset.autosave;
    this.own = new Set([...OWN, ...(form.dataset.autosaveSkip ?? "").split(" ")]);
    this.status = form.querySelector("[data-autosave-status]");
    this.key = PREFIX + (this.url || location.pathname);
    this.state = "saved";
    this.sent = this.content();
    form.addEventListener("input", () => this.changed());
    form.addEventListener("change", () => this.changed());
    form.addEventListener("picture:saved", () => this.changed());
    form.addEventListener("picture:removed", () => this.changed());
    form.addEventListener("submit", () => this.submitting());
    form.addEventListener("rich-text:ready", () => {
      // The editor writes the same words in its own way; that is no change.
      if (this.state === "saved") this.sent = this.content();
      this.offer();
    });
    addEventListener("online", () => this.save());
    document.addEventListener("visibilitychange", () => document.hidden && this.save(true));
    addEventListener("beforeunload", (event) => {
      if (this.isUnsaved && !this.leaving) event.preventDefault();
    });
    addEventListener("pageshow", (event) => event.persisted && (this.leaving = false));
    if (!form.querySelector("rich-text")) this.offer();
  }

  /** What the section was saved as when these words were begun. */
  get version() {
    return Number(this.form.elements.version?.value ?? 0);
  }

  get isUnsaved() {
    return this.state === "stopped" || this.content() !== this.sent;
  }

  content() {
    const data = new FormData(this.form);
    const pairs = [...data].filter(([name, value]) => !this.own.has(name) && typeof value === "string");
    return JSON.stringify(pairs);
  }

  /** The form without its files, which have a way of their own. */
  body() {
    const data = new FormData(this.form);
    for (const [name, value] of [...data]) if (typeof value !== "string") data.delete(name);
    return data;
  }

  changed() {
    this.keep();
    if (this.state === "stopped") return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), QUIET_MS);
  }

  submitting() {
    this.leaving = true;
    clearTimeout(this.timer);
    // The words stay on the device until a page shows that the server has them.
    this.keep({ submitted: true });
  }

  async save(keepalive = false) {
    clearTimeout(this.timer);
    if (this.busy || this.leaving || this.state === "stopped" || this.content() === this.sent) return;
    this.busy = true;
    this.say(this.form.dataset.saving);
    const content = this.content();
    let again = QUIET_MS;
    try {
      const response = await fetch(this.url || this.form.action || location.href, {
        method: "POST",
        body: this.body(),
        headers: { Accept: "application/json" },
        keepalive: keepalive && content.length < 50000,
      });
      again = this.answer(response, await this.json(response), content);
    } catch {
      this.say(this.form.dataset.offline);
      again = RETRY_MS;
    } finally {
      this.busy = false;
    }
    if (again && this.content() !== this.sent) this.timer = setTimeout(() => this.save(), again);
  }

  async json(response) {
    const isJson = (response.headers.get("Content-Type") ?? "").startsWith("application/json");
    return isJson ? response.json() : null;
  }

  /** Act on the server's answer; return after how many milliseconds to try again, 0 for not by itself. */
  answer(response, body, content) {
    if (response.ok && body) {
      this.sent = content;
      if ("version" in body) this.form.elements.version.value = body.version;
      for (const [name, value] of Object.entries(body.hidden ?? {})) this.form.elements[name].value = value;
      if (this.content() === content) this.forget();
      this.say(`${this.form.dataset.saved} ${body.saved_at}`);
      return QUIET_MS;
    }
    if (response.status === 409) {
      this.state = "stopped";
      this.say(body?.sentence ?? (body?.conflict ? this.form.dataset.conflict : this.form.dataset.refused));
      return 0;
    }
    if (response.status === 400 || body?.sentence) {
      this.say(body?.sentence ?? this.form.dataset.refused);
      return 0;
    }
    // Led to the sign-in page, or refused: the session is over. Anything else is the server's trouble.
    this.say(response.redirected || response.status === 403 ? this.form.dataset.signedOut : this.form.dataset.offline);
    return RETRY_MS;
  }

  say(text) {
    if (this.status && this.status.textContent !== text) this.status.textContent = text;
  }

  keep(more) {
    const kept = { version: this.version, saved: this.sent, content: this.content(), at: Date.now(), ...more };
    try {
      localStorage.setItem(this.key, JSON.stringify(kept));
    } catch {
      // A full or forbidden storage costs the safety net, not the saving.
    }
  }

  forget() {
    forget(this.key);
  }

  /** Offer words that an earlier visit left on the device and never saved, when the page does not hold them. */
  offer() {
    const kept = read(this.key);
    // Saved by the same person after these words were begun: the server has had them, as they were or put together.
    const arrived = kept && "savedByYou" in this.form.dataset && this.version > kept.version;
    const missing = kept && !arrived ? differing(kept.saved, kept.content) : new Set();
    // What another window has written since is not missing here.
    const different = kept ? differing(kept.content, this.content()) : new Set();
    for (const name of missing) if (!different.has(name)) missing.delete(name);
    if (!missing.size) return this.forget();
    if (this.offered || this.isUnsaved) return;
    this.offered = true;
    const box = document.createElement("div");
    box.className = "notice notice--warning";
    box.setAttribute("role", "alert");
    const words = document.createElement("p");
    words.textContent = this.form.dataset.found;
    const row = document.createElement("p");
    row.className = "cluster";
    const button = (label, act) => {
      const element = document.createElement("button");
      element.type = "button";
      element.className = "button button--secondary button--small";
      element.textContent = label;
      element.addEventListener("click", () => {
        box.remove();
        act();
      });
      row.append(element);
    };
    button(this.form.dataset.restore, () => this.restore(kept.content, missing));
    button(this.form.dataset.discard, () => this.forget());
    box.append(words, row);
    this.form.prepend(box);
  }

  restore(content, names) {
    const values = grouped(content);
    for (const field of this.form.elements) {
      if (!names.has(field.name) || field.type === "file" || field.matches("[data-picture-saved]") || !(values.has(field.name) || "checked" in field)) continue;
      const wanted = values.get(field.name) ?? [];
      if (field.type === "checkbox" || field.type === "radio") field.checked = wanted.includes(field.value);
      else if (field.closest("rich-text")) this.restoreRichText(field, wanted[0], values);
      else field.value = wanted[0];
    }
    this.changed();
  }

  restoreRichText(field, value, values) {
    if (field.localName !== "textarea") return;
    const kind = (values.get(`${field.name}-format`) ?? ["text"])[0];
    field.closest("rich-text").restore(value, kind);
  }
}

/** The values of each field, of what `content()` returns. */
function grouped(content) {
  const values = new Map();
  for (const [name, value] of JSON.parse(content)) values.set(name, [...(values.get(name) ?? []), value]);
  return values;
}

/** The names of the fields in which two contents differ. */
function differing(one, other) {
  const [before, after] = [grouped(one), grouped(other)];
  const names = new Set([...before.keys(), ...after.keys()]);
  for (const name of names) if (String(before.get(name)) === String(after.get(name))) names.delete(name);
  return names;
}

/** What is kept on the device under this name; null for nothing, or where nothing may be kept. */
function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function forget(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // What cannot be kept need not be forgotten.
  }
}

function names() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  } catch {
    return [];
  }
}

for (const key of names()) if (!(read(key)?.at > Date.now() - KEPT_MS)) forget(key);
for (const page of document.querySelectorAll("[data-autosave-arrived]")) {
  const key = PREFIX + page.dataset.autosaveArrived;
  // Only what was sent: another form may have been begun since.
  if (read(key)?.submitted) forget(key);
}
for (const form of document.querySelectorAll("form[data-autosave]")) new Autosave(form);
