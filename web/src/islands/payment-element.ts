// Stripe's Payment Element: cards, Apple Pay, Google Pay and whatever else the account offers. Stripe.js is fetched only by
// a page that has the element, from the address the page names (its policy allows that address only then).

interface Failure {
  message?: string;
}
interface Elements {
  create(kind: "payment", options: object): { mount(box: HTMLElement): void; on(event: string, then: () => void): void };
}
interface Stripe {
  elements(options: object): Elements;
  confirmPayment(options: object): Promise<{ error?: Failure }>;
  confirmSetup(options: object): Promise<{ error?: Failure }>;
}
declare global {
  interface Window {
    Stripe?: (key: string, options?: object) => Stripe;
  }
}

const SORRY = "The payment form could not be loaded. Please check your connection and load this page again.";

function fetched(address: string): Promise<void> {
  return new Promise((done, failed) => {
    if (window.Stripe) return done();
    const script = document.createElement("script");
    script.src = address;
    script.addEventListener("load", () => done());
    script.addEventListener("error", () => failed(new Error(SORRY)));
    document.head.append(script);
  });
}

function isDark(): boolean {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

async function show(form: HTMLFormElement): Promise<void> {
  const { secret = "", key = "", script = "" } = form.dataset;
  const back = new URL(form.dataset.return ?? location.pathname, location.href).href; // Stripe adds its words to it
  const box = form.querySelector<HTMLElement>("[data-payment-fields]");
  const fault = form.querySelector<HTMLElement>("[data-payment-error]");
  const button = form.querySelector<HTMLButtonElement>("button[type=submit]");
  if (!box || !fault || !button) return;
  const say = (words: string): void => {
    fault.textContent = words;
    fault.hidden = !words;
  };
  try {
    await fetched(script);
  } catch {
    box.replaceChildren();
    say(SORRY);
    return;
  }
  if (!window.Stripe) return say(SORRY);
  const stripe = window.Stripe(key);
  const elements = stripe.elements({
    clientSecret: secret,
    locale: document.documentElement.lang || "auto",
    appearance: { theme: isDark() ? "night" : "stripe" },
  });
  box.replaceChildren();
  const element = elements.create("payment", { layout: "accordion" });
  element.on("ready", () => {
    box.removeAttribute("aria-busy");
    button.disabled = false;
  });
  element.mount(box);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (button.disabled) return;
    button.disabled = true;
    say("");
    const given = { elements, confirmParams: { return_url: back } };
    const asked = secret.startsWith("seti_") ? stripe.confirmSetup(given) : stripe.confirmPayment(given);
    void asked
      .then(({ error }) => {
        if (error) say(error.message ?? "The payment did not go through. Please try another way.");
        else location.assign(back);
      })
      .catch(() => say("We could not reach the payment service. Nothing was taken twice; please try again."))
      .finally(() => (button.disabled = false));
  });
}

export function showPaymentElement(): void {
  document.querySelectorAll<HTMLFormElement>("form[data-payment-element]").forEach((form) => void show(form));
}
