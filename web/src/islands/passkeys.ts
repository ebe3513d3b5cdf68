// Passkeys: making one, signing in with one alone, and the second step. Without this they are not offered.
type Answer = { ceremony: string; options: PublicKeyCredentialCreationOptionsJSON | PublicKeyCredentialRequestOptionsJSON };

const CANCELLED = "Nothing was done: the device was not asked, or said no. You can try again.";

class Refused extends Error {}

export function watchPasskeys(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
  if (!known()) return;
  for (const part of document.querySelectorAll<HTMLElement>("[data-passkey], [data-passkey-make]")) offer(part);
}

function known(): boolean {
  const able = window.PublicKeyCredential as unknown as Record<string, unknown> | undefined;
  return window.isSecureContext && typeof able?.parseRequestOptionsFromJSON === "function";
}

function offer(part: HTMLElement): void {
  const go = part.querySelector<HTMLButtonElement>("[data-passkey-go]");
  const fault = part.querySelector<HTMLElement>("[data-passkey-fault]");
  if (!go || !fault) return;
  part.hidden = false;
  go.disabled = false;
  for (const words of part.querySelectorAll<HTMLElement>("[data-passkey-missing]")) words.hidden = true;
  go.addEventListener("click", () => {
    go.disabled = true;
    fault.hidden = true;
    const done = "passkeyMake" in part.dataset ? make(part) : use(part);
    done.catch((reason: unknown) => {
      fault.textContent = reason instanceof Refused ? reason.message : CANCELLED;
      fault.hidden = false;
      go.disabled = false;
    });
  });
}

async function make(part: HTMLElement): Promise<void> {
  const asked = await send<Answer>("/api/v1/users/me/security/passkeys/options", {});
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(asked.options as PublicKeyCredentialCreationOptionsJSON);
  const made = (await navigator.credentials.create({ publicKey })) as PublicKeyCredential | null;
  if (!made) throw new Refused(CANCELLED);
  const name = part.querySelector<HTMLInputElement>("[data-passkey-name]")?.value ?? "";
  await send("/api/v1/users/me/security/passkeys", { ceremony: asked.ceremony, credential: made.toJSON(), name });
  const codes = document.getElementById(part.dataset.passkeyCodes ?? "");
  if (codes instanceof HTMLFormElement) codes.submit();
  else location.reload();
}

async function use(part: HTMLElement): Promise<void> {
  const path = part.dataset.passkey ?? "";
  const asked = await send<Answer>(`${path}/options`, {});
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(asked.options as PublicKeyCredentialRequestOptionsJSON);
  const answer = (await navigator.credentials.get({ publicKey })) as PublicKeyCredential | null;
  if (!answer) throw new Refused(CANCELLED);
  const query = new URLSearchParams();
  const trust = part.querySelector<HTMLInputElement>(`input[name="${part.dataset.passkeyTrust ?? "-"}"]`);
  if (trust?.checked) query.set("trust", "true");
  if (part.dataset.passkeyNext) query.set("next", part.dataset.passkeyNext);
  const said = await send<{ next: string }>(`${path}?${query}`, { ceremony: asked.ceremony, credential: answer.toJSON() });
  location.assign(said.next);
}

async function send<T>(path: string, body: object): Promise<T> {
  const response = await fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": document.body.dataset.csrf ?? "" },
    body: JSON.stringify(body),
  });
  if (response.ok) return (await response.json()) as T;
  const problem = (await response.json().catch(() => ({}))) as { code?: string; detail?: string };
  if (problem.code === "step_up_needed") location.assign(`/confirm?next=${encodeURIComponent(location.pathname)}`);
  throw new Refused(problem.detail ?? "This did not work. Please try again.");
}
