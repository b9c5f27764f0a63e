// A week as a list of days: one call, whatever the days hold.

import { answer, type connect } from "./kith.js";
import type { components } from "./generated/kith.js";

type Item = components["schemas"]["CalendarItem"];

export type Day = { date: string; items: Item[] };

const DAYS = 7;

/** Midnight of a day on the clock of the device: 0 is today, 1 is tomorrow. */
export function midnight(daysAhead: number): Date {
  const date = new Date();
  date.setHours(0, 0, 0, 0);
  date.setDate(date.getDate() + daysAhead);
  return date;
}

/** The seven days from a day on in all circles, in the time zone of the device. */
export async function weekOf(kith: ReturnType<typeof connect>, from: Date): Promise<Day[]> {
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  // Without `to` it is the week after `from`.
  const query = { time_zone: timeZone, from: from.toISOString() };
  const page = answer(await kith.api.GET("/v1/me/calendar", { params: { query } }));
  const days: Day[] = [];
  for (let day = 0; day < DAYS; day += 1) {
    const noon = new Date(from);
    // At noon, the clocks never change.
    noon.setHours(12);
    noon.setDate(noon.getDate() + day);
    const date = dateIn(noon.getTime(), timeZone);
    const items = page.data.filter((item) => isOn(item, date, timeZone));
    if (items.length > 0) {
      days.push({ date, items });
    }
  }
  return days;
}

/** Whether an item is shown on a date. What takes several days is on each of them. */
function isOn(item: Item, date: string, timeZone: string): boolean {
  if (item.starts_on !== null) {
    // What takes all day has dates and no moment: it is on these dates in every time zone.
    return item.starts_on <= date && date <= (item.ends_on ?? item.starts_on);
  }
  const starts = Date.parse(item.starts_at ?? item.ends_at ?? "");
  // What ends at midnight is not on the next day.
  const ends = Math.max(starts, Date.parse(item.ends_at ?? item.starts_at ?? "") - 1);
  return dateIn(starts, timeZone) <= date && date <= dateIn(ends, timeZone);
}

/** The date of a moment on the clocks of a time zone, like `2027-01-02`. */
function dateIn(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }).format(at);
}

/**
 * What names an item in a list on the screen. What repeats has no id as long as it is projected, and
 * keeps this name when it gets one.
 */
export function keyOf(item: Item): string {
  if (item.series_id !== null && item.original_on !== null) {
    return `${item.series_id} ${item.original_on}`;
  }
  return item.id ?? "";
}

/** One line of a week: what it is, and who has it. */
export function lineOf(item: Item): string {
  const what = `${item.circle_name}: ${item.title ?? item.kind}`;
  if (item.projected) {
    // Nobody can open or claim it yet: a link or a button would lead nowhere.
    return `${what}, planned`;
  }
  const names = item.held_by.map(({ name }) => name).join(" and ");
  return `${what}, ${names === "" ? "nobody yet" : names}`;
}
