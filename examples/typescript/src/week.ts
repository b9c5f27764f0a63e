// A week as a list of days: one call, whatever the days hold.

import { answer, type connect } from "./kith.js";
import type { components } from "./generated/kith.js";

type Item = components["schemas"]["CalendarItem"];

export type Day = { date: string; items: Item[] };

/** The seven days from today in all circles, in the time zone of the device. */
export async function weekOf(kith: ReturnType<typeof connect>): Promise<Day[]> {
  const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  // Without `from` and `to` it is the week from today.
  const page = answer(
    await kith.api.GET("/v1/me/calendar", { params: { query: { time_zone: timeZone } } }),
  );
  const days = new Map<string, Item[]>();
  for (const item of page.data) {
    const date = dateOf(item, timeZone);
    days.set(date, [...(days.get(date) ?? []), item]);
  }
  return [...days]
    .map(([date, items]) => ({ date, items }))
    .sort((one, two) => one.date.localeCompare(two.date));
}

/** The date on which an item is shown. What has begun before the week stays on its first day. */
function dateOf(item: Item, timeZone: string): string {
  const at = item.starts_at ?? item.ends_at;
  if (item.starts_on !== null || at === null) {
    // What takes all day has a date and no moment: it is on this date in every time zone.
    return item.starts_on ?? "";
  }
  return new Intl.DateTimeFormat("en-CA", { timeZone, dateStyle: "short" }).format(new Date(at));
}

/** One line of a week: what it is, and who has it. */
export function lineOf(item: Item): string {
  const names = item.held_by.map(({ name }) => name).join(" and ");
  return `${item.circle_name}: ${item.title ?? item.kind}, ${names === "" ? "nobody yet" : names}`;
}
