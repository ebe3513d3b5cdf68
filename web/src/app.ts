// Every page. Each island looks for its own markup and does nothing without it; pages work without any of this.
import htmx from "htmx.org";
import "./islands/theme-toggle";
import "./islands/payment-status";
import { showPaymentElement } from "./islands/payment-element";
import { watchForms } from "./islands/forms";
import { watchCalendar } from "./islands/calendar";
import { openGallery } from "./islands/gallery";
import { startCountdowns } from "./islands/countdown";
import { followHold } from "./islands/hold";
import { followLive } from "./islands/live";
import { watchPlaces } from "./islands/places";
import { watchAgenda } from "./islands/agenda";
import { watchNights } from "./islands/host_calendar";
import { watchCopies } from "./islands/copy";
import { watchTimes } from "./islands/slots";
import { helpSigningUp } from "./islands/signing_up";
import { watchPasskeys } from "./islands/passkeys";

document.body.addEventListener("htmx:configRequest", (event) => {
  (event as CustomEvent).detail.headers["X-CSRF-Token"] = document.body.dataset.csrf ?? "";
});
watchForms();
watchCalendar(htmx);
openGallery();
startCountdowns();
showPaymentElement();
followHold();
followLive();
watchPlaces();
watchNights();
watchAgenda();
watchCopies();
watchTimes();
helpSigningUp();
watchPasskeys();
