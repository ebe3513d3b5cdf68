// Dragging an appointment in the host's agenda to another time or another professional. Letting go fills the form of
// moving and sends it; without this, and with a finger or the keyboard, the button on the appointment opens that form.
const QUARTER = 15;
const FAR_ENOUGH = 6;

export function watchAgenda(): void {
  const agenda = document.querySelector<HTMLElement>("[data-agenda]");
  const form = document.querySelector<HTMLFormElement>("form[data-agenda-move]");
  if (agenda && form) new Agenda(agenda, form);
}

class Agenda {
  private item: HTMLElement | undefined;
  private from = { x: 0, y: 0, grip: 0 };
  private moved = false;

  constructor(
    private readonly agenda: HTMLElement,
    private readonly form: HTMLFormElement,
  ) {
    agenda.addEventListener("pointerdown", (event) => this.press(event));
    agenda.addEventListener("pointermove", (event) => this.move(event));
    agenda.addEventListener("pointerup", (event) => this.release(event));
    agenda.addEventListener("pointercancel", () => this.forget());
    agenda.addEventListener("dragstart", (event) => event.preventDefault());
    // What follows a drag is no click on the link.
    agenda.addEventListener("click", (event) => this.moved && event.preventDefault(), { capture: true });
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.forget());
  }

  private press(event: PointerEvent): void {
    this.moved = false;
    const item = (event.target as Element).closest<HTMLElement>("[data-booking]");
    if (!item || event.button !== 0 || event.pointerType === "touch" || (event.target as Element).closest(".agenda-shift")) return;
    if (!window.matchMedia("(min-width: 40.01rem)").matches) return;
    this.item = item;
    this.from = { x: event.clientX, y: event.clientY, grip: event.clientY - item.getBoundingClientRect().top };
  }

  private move(event: PointerEvent): void {
    if (!this.item) return;
    const [x, y] = [event.clientX - this.from.x, event.clientY - this.from.y];
    if (!this.moved && Math.hypot(x, y) < FAR_ENOUGH) return;
    if (!this.moved) this.agenda.setPointerCapture(event.pointerId);
    this.moved = true;
    this.item.classList.add("agenda-held");
    this.item.style.transform = `translate(${x}px, ${y}px)`;
  }

  private release(event: PointerEvent): void {
    const item = this.item;
    if (!item || !this.moved) return this.forget();
    const column = [...this.agenda.querySelectorAll<HTMLElement>("[data-day]")].find((each) => {
      const box = each.getBoundingClientRect();
      return event.clientX >= box.left && event.clientX < box.right;
    });
    const rows = column?.querySelector<HTMLElement>(".agenda-items")?.getBoundingClientRect();
    this.forget(true);
    if (!column || !rows) return;
    const hours = Number(this.agenda.dataset.hours);
    const row = Math.round(((event.clientY - this.from.grip - rows.top) / rows.height) * hours * 4);
    if (row < 0 || row >= hours * 4) return;
    const minutes = Number(this.agenda.dataset.first) * 60 + row * QUARTER;
    this.send({
      booking_id: item.dataset.booking ?? "",
      day: column.dataset.day ?? "",
      unit_id: column.dataset.unit ?? "",
      start: `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`,
    });
  }

  private send(values: Record<string, string>): void {
    for (const [name, value] of Object.entries(values)) {
      const field = this.form.elements.namedItem(name);
      if (field instanceof HTMLInputElement) field.value = value;
    }
    this.form.requestSubmit();
  }

  private forget(moved = false): void {
    if (this.item) {
      this.item.classList.remove("agenda-held");
      this.item.style.transform = "";
    }
    this.item = undefined;
    this.moved = moved;
  }
}
