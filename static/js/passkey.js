/* Passkeys: asks the device, puts its answer in the form, and sends the form. Pages work without it, by code. What
   needs it is hidden until it is there: sent before, the form would come back for want of an answer. */

const { webauthnJSON } = window;

const stored = () => JSON.parse(document.getElementById("passkey-options").textContent);

async function fetched(root) {
  const response = await fetch(root.dataset.passkeyOptions, { headers: { Accept: "application/json" } });
  if (!response.ok) throw new TypeError("unreachable");
  return response.json();
}

function creation(form, options) {
  const passwordless = form.elements.passwordless?.checked ?? false;
  Object.assign(options.publicKey.authenticatorSelection, {
    residentKey: passwordless ? "required" : "discouraged",
    requireResidentKey: passwordless,
    ...(passwordless && { userVerification: "required" }),
  });
  return options;
}

async function ask(root, form) {
  if (root.dataset.passkey === "create") return webauthnJSON.create(creation(form, stored().creation_options));
  const { request_options: options } = root.dataset.passkeyOptions ? await fetched(root) : stored();
  return webauthnJSON.get(options);
}

function say(root, trouble) {
  root.querySelector("[data-passkey-trouble]").textContent =
    root.querySelector(`[data-passkey-${trouble}]`).content.textContent;
}

const supported = webauthnJSON?.supported();
for (const notice of document.querySelectorAll("[data-passkey-unsupported]")) notice.hidden = supported;
for (const root of document.querySelectorAll("[data-passkey]")) {
  if (!supported) continue;
  const form = root.querySelector("form");
  root.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      form.elements.credential.value = JSON.stringify(await ask(root, form));
      form.submit();
    } catch (error) {
      say(root, error instanceof TypeError ? "unreachable" : "interrupted");
    }
  });
}
