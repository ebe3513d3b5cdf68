// The two days of a stay: a departure before the arrival moves along with it and keeps the number of nights.
const DAY = 86_400_000;
const dayOf = (text: string): number => Date.parse(`${text}T00:00:00Z`);
const textOf = (day: number): string => new Date(day).toISOString().slice(0, 10);

export function watchStayDates(): void {
  const known = new Map<string, string>(); // the arrivals before, by the form's id
  const arrivalOf = (form: HTMLFormElement): HTMLInputElement | null => form.querySelector("#arrival");
  document.addEventListener("focusin", (event) => {
    const field = event.target as HTMLInputElement;
    if (field.form?.matches(".search-bar") && field === arrivalOf(field.form)) known.set(field.form.id, field.value);
  });
  document.addEventListener("change", (event) => {
    const field = event.target as HTMLInputElement;
    if (field.form?.matches(".search-bar") && field === arrivalOf(field.form)) follow(field, known.get(field.form.id) ?? "");
  });
}

function follow(arrival: HTMLInputElement, before: string): void {
  const departure = arrival.form?.querySelector<HTMLInputElement>("#departure");
  const from = dayOf(arrival.value);
  if (!departure || Number.isNaN(from)) return;
  departure.min = textOf(from + DAY);
  const until = dayOf(departure.value);
  if (Number.isNaN(until) || until > from) return;
  const nights = (until - dayOf(before)) / DAY;
  departure.value = textOf(from + DAY * (nights >= 1 ? nights : 1));
}
