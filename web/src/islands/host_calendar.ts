// Choosing nights in the host's calendar: drag with mouse or pen, press and drag after a moment with a finger, or arrows
// and Shift. What is chosen fills the form, which then opens as a sheet. Without this the form stands below the calendar.
const HELD_MS = 300;
const ONE_DAY = 86_400_000;

export function watchNights(): void {
  for (const select of document.querySelectorAll<HTMLSelectElement>("select[data-submit-on-change]"))
    select.addEventListener("change", () => select.form?.requestSubmit());
  document.querySelector<HTMLElement>(".host-tabs [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
  const table = document.querySelector<HTMLTableElement>("[data-nights]");
  const section = document.querySelector<HTMLElement>("[data-range]");
  const form = section?.querySelector("form");
  if (table && section && form) new Nights(table, new Sheet(section, form));
}

class Sheet {
  private readonly dialog = document.createElement("dialog");
  private readonly home = document.createComment("range");
  onclose: () => void = () => undefined;

  constructor(
    private readonly section: HTMLElement,
    private readonly form: HTMLFormElement,
  ) {
    this.dialog.className = "range-sheet";
    this.dialog.setAttribute("aria-labelledby", "change-title");
    section.before(this.home);
    const close = document.createElement("button");
    close.type = "button";
    close.className = "range-close";
    close.textContent = "✕";
    close.setAttribute("aria-label", "Close");
    close.addEventListener("click", () => this.dialog.close());
    this.dialog.append(close);
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close();
    });
    this.dialog.addEventListener("close", () => {
      this.home.after(this.section);
      this.dialog.remove();
      this.onclose();
    });
    for (const name of ["arrival", "departure"]) this.field(name)?.addEventListener("change", () => this.say());
    if ("open" in section.dataset) this.open(false);
  }

  private field(name: string): HTMLInputElement | HTMLSelectElement | null {
    const found = this.form.elements.namedItem(name);
    return found instanceof HTMLInputElement || found instanceof HTMLSelectElement ? found : null;
  }

  fill(cells: HTMLElement[]): void {
    const set = (name: string, value: string): void => {
      const field = this.field(name);
      if (field) field.value = value;
    };
    const same = (read: (cell: HTMLElement) => string): string =>
      cells.every((cell) => read(cell) === read(cells[0])) ? read(cells[0]) : "";
    const [shortest = "", flags = ""] = same((cell) => cell.dataset.rules ?? "").split("|");
    set("resource_id", cells[0].dataset.resource ?? "");
    set("arrival", cells[0].dataset.day ?? "");
    set("departure", dayAfter(cells[cells.length - 1].dataset.day ?? ""));
    set("price", same((cell) => cell.dataset.price ?? ""));
    set("min_stay", shortest);
    for (const [name, sign] of [["closed_to_arrival", "a"], ["closed_to_departure", "d"], ["stop_sell", "s"]] as const) {
      const box = this.field(name);
      if (box instanceof HTMLInputElement) box.checked = flags.includes(sign);
    }
    this.say();
  }

  private say(): void {
    const said = this.section.querySelector<HTMLElement>("[data-range-said]");
    const nights = Math.round((Date.parse(this.field("departure")?.value ?? "") - Date.parse(this.field("arrival")?.value ?? "")) / ONE_DAY);
    if (said) said.textContent = nights > 0 ? `${nights} night${nights === 1 ? "" : "s"} chosen` : "";
  }

  open(focus = true): void {
    document.body.append(this.dialog);
    this.dialog.append(this.section);
    this.dialog.showModal();
    if (focus) this.field("price")?.focus();
    else this.section.querySelector<HTMLElement>("[aria-invalid='true']")?.focus();
  }
}

class Nights {
  private from: HTMLElement | undefined;
  private to: HTMLElement | undefined;
  private dragging = false;
  private timer = 0;

  constructor(
    private readonly table: HTMLTableElement,
    private readonly sheet: Sheet,
  ) {
    const first = this.pickable()[0];
    table.setAttribute("role", "grid");
    table.setAttribute("aria-multiselectable", "true");
    for (const cell of this.pickable()) {
      cell.tabIndex = cell === first ? 0 : -1;
      cell.setAttribute("aria-selected", "false");
    }
    table.addEventListener("pointerdown", (event) => this.press(event));
    table.addEventListener("pointermove", (event) => this.move(event));
    table.addEventListener("pointerup", () => this.release());
    table.addEventListener("pointercancel", () => this.forget());
    // A finger that has begun to choose no longer scrolls.
    table.addEventListener("touchmove", (event) => this.dragging && event.cancelable && event.preventDefault(), { passive: false });
    table.addEventListener("keydown", (event) => this.key(event));
    sheet.onclose = () => {
      const back = this.to;
      this.mark(undefined, undefined);
      back?.focus({ preventScroll: true });
    };
  }

  private pickable(): HTMLElement[] {
    const today = this.table.dataset.today ?? "";
    return [...this.table.querySelectorAll<HTMLElement>("td[data-day]")].filter((cell) => (cell.dataset.day ?? "") >= today);
  }

  private at(event: PointerEvent): HTMLElement | undefined {
    // Bars cover the cells they span: what counts is the column, in the row where it began.
    const under = document.elementFromPoint(event.clientX, event.clientY);
    const row = (this.dragging ? this.from : under)?.closest("tr");
    return this.pickable().find((cell) => {
      if (cell.closest("tr") !== row) return false;
      const box = cell.getBoundingClientRect();
      return event.clientX >= box.left && event.clientX < box.right;
    });
  }

  private press(event: PointerEvent): void {
    if (event.button !== 0 || (event.target as Element).closest("a")) return;
    const cell = this.at(event);
    if (!cell) return;
    if (event.pointerType !== "touch") {
      event.preventDefault();
      this.begin(cell);
      return;
    }
    this.timer = window.setTimeout(() => {
      this.begin(cell);
      navigator.vibrate?.(15);
    }, HELD_MS);
  }

  private begin(cell: HTMLElement): void {
    this.dragging = true;
    this.mark(cell, cell);
  }

  private move(event: PointerEvent): void {
    if (!this.dragging) {
      if (Math.abs(event.movementX) + Math.abs(event.movementY) > 4) clearTimeout(this.timer);
      return;
    }
    const cell = this.at(event);
    if (cell && cell !== this.to) this.mark(this.from, cell);
  }

  private release(): void {
    clearTimeout(this.timer);
    if (this.dragging) this.choose();
    this.dragging = false;
  }

  private forget(): void {
    clearTimeout(this.timer);
    this.dragging = false;
    this.mark(undefined, undefined);
  }

  private key(event: KeyboardEvent): void {
    const cell = (event.target as Element).closest<HTMLElement>("td[data-day]");
    if (!cell || cell !== event.target) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      if (!this.from || !this.picked().includes(cell)) this.mark(cell, cell);
      this.choose();
      return;
    }
    const next = this.step(cell, event.key);
    if (!next) return;
    event.preventDefault();
    if (event.shiftKey && next.closest("tr") === cell.closest("tr")) this.mark(this.from ?? cell, next);
    else this.mark(undefined, undefined);
    cell.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  }

  private step(cell: HTMLElement, key: string): HTMLElement | undefined {
    const cells = this.pickable();
    const row = cells.filter((each) => each.closest("tr") === cell.closest("tr"));
    const column = cells.filter((each) => each.dataset.day === cell.dataset.day);
    if (key === "ArrowRight") return row[row.indexOf(cell) + 1];
    if (key === "ArrowLeft") return row[row.indexOf(cell) - 1];
    if (key === "ArrowDown") return column[column.indexOf(cell) + 1];
    if (key === "ArrowUp") return column[column.indexOf(cell) - 1];
    if (key === "Home") return row[0];
    if (key === "End") return row[row.length - 1];
    return undefined;
  }

  private picked(): HTMLElement[] {
    const [from, to] = [this.from?.dataset.day ?? "", this.to?.dataset.day ?? ""].sort();
    return this.pickable().filter(
      (cell) => cell.closest("tr") === this.from?.closest("tr") && (cell.dataset.day ?? "") >= from && (cell.dataset.day ?? "") <= to,
    );
  }

  private mark(from: HTMLElement | undefined, to: HTMLElement | undefined): void {
    this.from = from;
    this.to = to ?? this.to;
    const picked = from ? this.picked() : [];
    for (const cell of this.table.querySelectorAll(".picked")) {
      cell.classList.remove("picked");
      cell.setAttribute("aria-selected", "false");
    }
    for (const cell of picked) {
      cell.classList.add("picked");
      cell.setAttribute("aria-selected", "true");
    }
  }

  private choose(): void {
    const cells = this.picked();
    if (!cells.length) return;
    this.sheet.fill(cells);
    this.sheet.open();
  }
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + ONE_DAY).toISOString().slice(0, 10);
}
