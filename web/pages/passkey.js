// Signs the question of this page with a passkey, and sends the signature as the form's own field.
const form = document.querySelector("form[data-passkey]");
const told = document.querySelector("[role=status]");
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (each) => each.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

async function sign() {
  const answer = await fetch(form.dataset.passkey, { credentials: "same-origin", headers: { Accept: "application/json" } });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.sentence);
  const options = body.publicKey;
  options.challenge = bytes(options.challenge);
  options.allowCredentials = (options.allowCredentials ?? []).map((each) => ({ ...each, id: bytes(each.id) }));
  const made = await navigator.credentials.get({ publicKey: options });
  const { clientDataJSON, authenticatorData, signature, userHandle } = made.response;
  const response = { clientDataJSON: text(clientDataJSON), authenticatorData: text(authenticatorData), signature: text(signature) };
  if (userHandle) response.userHandle = text(userHandle);
  const credential = { id: made.id, rawId: text(made.rawId), type: made.type, response, clientExtensionResults: made.getClientExtensionResults() };
  if (made.authenticatorAttachment) credential.authenticatorAttachment = made.authenticatorAttachment;
  form.elements.assertion.value = JSON.stringify(credential);
  form.submit();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  told.textContent = "Waiting for your device";
  sign().catch((error) => {
    told.textContent = error.name === "NotAllowedError" ? "Your device did not sign. You can try again." : error.message;
  });
});
