// Passkeys: a form with `data-passkey` asks the browser before it is sent, and sends what the browser gave.
//   sign-in  asks the form's address for a challenge, then for any passkey
//   get      asks for a passkey of the person whom the page's `#passkey-options` are for
//   create   makes one

const toBytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const toText = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");

// Browsers older than 2025 do not translate between JSON and what their own functions take.
const readable = (options) => {
  const list = (keys) => keys?.map((key) => ({ ...key, id: toBytes(key.id) }));
  const { challenge, user, allowCredentials, excludeCredentials } = options;
  const read = { ...options, challenge: toBytes(challenge) };
  if (user) read.user = { ...user, id: toBytes(user.id) };
  if (allowCredentials) read.allowCredentials = list(allowCredentials);
  if (excludeCredentials) read.excludeCredentials = list(excludeCredentials);
  return read;
};
const sendable = (credential) => {
  const response = {};
  for (const part of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[part]) response[part] = toText(credential.response[part]);
  }
  const { id, type } = credential;
  return { id, rawId: toText(credential.rawId), type, response, clientExtensionResults: credential.getClientExtensionResults() };
};

const optionsOf = async (form) => {
  const here = document.getElementById("passkey-options");
  if (here) return JSON.parse(here.textContent);
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form) });
  if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
  return answer.json();
};

const ask = async (form) => {
  const { publicKey } = await optionsOf(form);
  const options = { publicKey: readable(publicKey) };
  return form.dataset.passkey === "create" ? navigator.credentials.create(options) : navigator.credentials.get(options);
};

const say = (form, error) => {
  const place = form.querySelector(".passkey-problem");
  const words = { NotAllowedError: "cancelled", AbortError: "cancelled", InvalidStateError: "twice", Error: "failed", TypeError: "failed" };
  place.textContent = place.dataset[navigator.credentials ? (words[error.name] ?? "unknown") : "unknown"];
  place.hidden = false;
};

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-passkey]");
  if (!form) return;
  event.preventDefault();
  form.querySelector(".passkey-problem").hidden = true;
  try {
    const credential = await ask(form);
    const field = form.elements.credential;
    field.value = JSON.stringify(sendable(credential));
    field.disabled = false;
    form.submit();
  } catch (error) {
    say(form, error);
  }
});
