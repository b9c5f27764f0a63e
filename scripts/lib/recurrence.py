"""Compares the recurrence rules of Kith with python-dateutil and recurring-ical-events.

Usage: recurrence.py PROGRAM

PROGRAM is the example `expand_recurrences`. It reads cases, one a line, and prints the instants of
each. Here the same instants are computed by other programs: python-dateutil has the dates,
zoneinfo the instants, and recurring-ical-events both.

Kith clamps a day that a month does not have: monthly on the 31st is also on 30 April. The other
programs leave such a month out, so they get a rule that has the same dates in plain RFC 5545.
"""

import datetime as datetime_module
import functools
import itertools
import multiprocessing
import os
import random
import subprocess
import sys
import time
import types
import zoneinfo
from collections import defaultdict
from datetime import date, datetime, timedelta, timezone

import icalendar
import recurring_ical_events
from dateutil import rrule as dateutil_rrule
from dateutil.rrule import rrulestr

FIRST, LAST = date(2024, 1, 1), date(2037, 12, 31)
# dateutil searches for the dates of a rule that has none until the last year. It is 9999 otherwise,
# and nine tenths of the time would go there.
dateutil_rrule.datetime = types.SimpleNamespace(**{**vars(datetime_module), "MAXYEAR": LAST.year + 1})
# How many of the rules with several parts are compared.
MIXED = 1500

# The first date, the rule, and a rule of RFC 5545 with the same dates where that is another.
RULES = [
    (date(2024, 1, 1), "FREQ=DAILY", None),
    (date(2024, 1, 5), "FREQ=WEEKLY;BYDAY=FR,SA,SU", None),
    (date(2024, 1, 29), "FREQ=MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=28,29;BYSETPOS=-1"),
    (date(2024, 1, 30), "FREQ=MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1"),
    (date(2024, 1, 31), "FREQ=MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=-1"),
    (date(2024, 3, 31), "FREQ=MONTHLY;BYDAY=-1SU", None),
    (date(2024, 2, 29), "FREQ=YEARLY", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1"),
    (date(2024, 3, 31), "FREQ=YEARLY;BYMONTH=3,10;BYDAY=-1SU", None),
]

# Rules whose dates are compared once, whatever the zone.
MORE_RULES = [
    (date(2024, 1, 31), "FREQ=MONTHLY;INTERVAL=3", "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=-1"),
    (date(2024, 1, 30), "FREQ=MONTHLY;INTERVAL=7;COUNT=9",
     "FREQ=MONTHLY;INTERVAL=7;COUNT=9;BYMONTHDAY=28,29,30;BYSETPOS=-1"),
    (date(2024, 1, 31), "FREQ=MONTHLY;UNTIL=20240430T120000Z", "FREQ=MONTHLY;UNTIL=20240430;BYMONTHDAY=-1"),
    (date(2024, 2, 29), "FREQ=YEARLY;INTERVAL=3", "FREQ=YEARLY;INTERVAL=3;BYMONTH=2;BYMONTHDAY=-1"),
    (date(2024, 2, 29), "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30,31", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1"),
    (date(2024, 1, 1), "FREQ=MONTHLY;BYMONTHDAY=-31", "FREQ=MONTHLY;BYMONTHDAY=1"),
    (date(2024, 1, 31), "FREQ=DAILY;BYMONTHDAY=31", "FREQ=DAILY;BYMONTHDAY=-1"),
    (date(2024, 1, 31), "FREQ=DAILY;INTERVAL=999", None),
    (date(2024, 1, 31), "FREQ=YEARLY;INTERVAL=13;BYMONTHDAY=31", "FREQ=YEARLY;INTERVAL=13;BYMONTHDAY=-1"),
]


def mixed_rules():
    """Rules of every frequency with the parts that go together, and no day after the 28th.

    Without `BYDAY=MO,3TH`: dateutil wants both at once, RFC 5545 one of them.
    """
    days = ["BYDAY=MO", "BYDAY=SU,TU", "BYDAY=MO,TU,WE,TH,FR"]
    numbered = ["BYDAY=1MO", "BYDAY=-1FR,2TU", "BYDAY=5WE", "BYDAY=-5SU"]
    month_days = ["BYMONTHDAY=1", "BYMONTHDAY=13,28", "BYMONTHDAY=-1,-28"]
    months = ["BYMONTH=2", "BYMONTH=1,7,12"]
    places = ["", "BYSETPOS=1", "BYSETPOS=-1,2"]
    ends = ["", "COUNT=17", "UNTIL=20310615"]
    choices = {
        "DAILY": [[*days, ""], [*month_days, ""], [*months, ""], [""], ends],
        "WEEKLY": [[*days, ""], [""], [*months, ""], places, ends],
        "MONTHLY": [[*days, *numbered, ""], [*month_days, ""], [*months, ""], places, ends],
        "YEARLY": [[*days, *numbered, ""], [*month_days, ""], [*months, ""], places, ends],
    }
    for frequency, parts in choices.items():
        for interval, week_start in [(1, ""), (2, "WKST=SU"), (5, "WKST=WE")]:
            for chosen in itertools.product(*parts):
                by_day, by_month_day, by_month, place, _ = chosen
                if frequency == "YEARLY" and by_day in numbered and not by_month:
                    continue
                if place and not (by_day or by_month_day or by_month):
                    continue
                rule = [f"FREQ={frequency}", f"INTERVAL={interval}", *chosen, week_start]
                yield ";".join(part for part in rule if part)


@functools.cache
def dates_of(first, rule):
    """The dates as dateutil has them, from the first date on."""
    start = datetime.combine(first, datetime.min.time())
    return [at.date() for at in rrulestr(rule, dtstart=start).between(start, LAST_MIDNIGHT, inc=True)]


LAST_MIDNIGHT = datetime.combine(LAST, datetime.min.time())


def changes(zone):
    """The clock changes of a zone from 2024 to 2037: the wall time before each and after it."""
    found = []
    at = datetime(2024, 1, 1, tzinfo=timezone.utc)
    end = datetime(2038, 1, 1, tzinfo=timezone.utc)
    step = timedelta(days=7)
    while at < end:
        if at.astimezone(zone).utcoffset() != (at + step).astimezone(zone).utcoffset():
            early, late = at, at + step
            while late - early > timedelta(minutes=1):
                middle = early + ((late - early) // 2)
                middle -= timedelta(seconds=middle.second, microseconds=middle.microsecond)
                if middle <= early:
                    break
                if middle.astimezone(zone).utcoffset() == at.astimezone(zone).utcoffset():
                    early = middle
                else:
                    late = middle
            before = at.astimezone(zone).utcoffset()
            after = late.astimezone(zone).utcoffset()
            plain = late.replace(tzinfo=None)
            found.append((plain + before, plain + after))
        at += step
    return found


def times_of(found):
    """Nine o'clock, a time that a clock change leaves out, and one that occurs twice."""
    times = ["09:00"]
    seen = set()
    for before, after in found:
        kind = "gap" if after > before else "fold"
        if kind not in seen:
            seen.add(kind)
            times.append((min(before, after) + abs(after - before) / 2).strftime("%H:%M"))
    return times if seen else []


def instants(dates, wall, zone):
    """The instants of a wall time on these dates: a gap moves forward, of a fold the first counts."""
    hour, minute = map(int, wall.split(":"))
    found = []
    for day in dates:
        at = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone, fold=0)
        found.append(int(at.timestamp()))
    return found


def expand(program, cases):
    """The instants of each case as Kith has them."""
    lines = "".join(f"{zone}\t{first}T{wall}\t{rule}\t{LAST}\n" for zone, first, wall, rule in cases)
    done = subprocess.run([program], input=lines, stdout=subprocess.PIPE, check=True, text=True)
    lines = done.stdout.splitlines()
    if len(lines) != len(cases):
        sys.exit(f"{program} answered {len(lines)} of {len(cases)} cases")
    return lines


def compare(name, cases, answers, expected):
    """The numbers of cases, of instants and of cases that differ. It shows the first of those."""
    different = count = 0
    for case, answer, instants in zip(cases, answers, expected):
        count += len(instants)
        if answer == " ".join(map(str, instants)):
            continue
        different += 1
        if different <= 5:
            theirs = [datetime.fromtimestamp(at, timezone.utc).isoformat() for at in instants]
            print(f"DIFFERENT {case}\n  Kith: {answer[:200]}\n  {name}: {instants[:12]} {theirs[:4]}")
    return name, len(cases), count, different


def check_zones(program, zones):
    """Every zone, with each of its times and every rule."""
    cases, expected = [], []
    for names, times in zones:
        zone = zoneinfo.ZoneInfo(names[0])
        for wall, (first, rule, theirs) in itertools.product(times, RULES):
            found = instants(dates_of(first, theirs or rule), wall, zone)
            cases += [(name, first, wall, rule) for name in names]
            expected += [found] * len(names)
    return compare("dateutil and zoneinfo", cases, expand(program, cases), expected)


def first_week(rule):
    """The first day of the week that has 1 January 2024, by the rule's own start of the week.

    dateutil cuts the first week off before its first date, and then takes `BYSETPOS=1` of what is
    left. RFC 5545 means the whole week, so a weekly rule begins with one.
    """
    if not rule.startswith("FREQ=WEEKLY") or "BYSETPOS" not in rule:
        return FIRST
    week_start = {"WKST=SU": 6, "WKST=WE": 2}.get(rule.split(";")[-1], 0)
    return FIRST - timedelta(days=(FIRST.weekday() - week_start) % 7)


def check_rules(program, mixed):
    """Rules in UTC: only the dates matter."""
    more = MORE_RULES if mixed is None else []
    rules = [(first, rule, dates_of(first, theirs or rule)) for first, rule, theirs in more]
    for rule in mixed or []:
        start = datetime.combine(first_week(rule), datetime.min.time())
        # The first date of a series must fit its rule. Without an end, dateutil searches for it
        # until the year 9999.
        parts = rule.split(";")
        near = [part for part in parts if not part.startswith(("COUNT", "UNTIL"))]
        first = rrulestr(";".join([*near, "UNTIL=20290101"]), dtstart=start).after(start, inc=True)
        if first is not None:
            rules.append((first.date(), rule, dates_of(start, rule)))
    cases = [("UTC", first, "00:00", rule) for first, rule, _ in rules]
    utc = zoneinfo.ZoneInfo("UTC")
    expected = [instants(dates, "00:00", utc) for _, _, dates in rules]
    return compare("dateutil", cases, expand(program, cases), expected)


def check_calendars(program, zones):
    """Every zone as a calendar that another program reads, for two years, and longer for rules with few dates."""
    cases, expected = [], []
    for names, times in zones:
        zone = zoneinfo.ZoneInfo(names[0])
        calendar = icalendar.Calendar()
        by_uid = {}
        for wall, (first, rule, theirs) in itertools.product(times[1:], RULES):
            last = date(2024, 12, 31) if "DAILY" in rule or "WEEKLY" in rule else date(2029, 12, 31)
            ended = f";UNTIL={last:%Y%m%d}"
            hour, minute = map(int, wall.split(":"))
            event = icalendar.Event()
            uid = str(len(by_uid))
            event.add("uid", uid)
            event.add("dtstart", datetime(first.year, first.month, first.day, hour, minute, tzinfo=zone))
            # RFC 5545 wants an instant here; a day later is after the last date in every zone.
            until = datetime(last.year, last.month, last.day, 12, tzinfo=timezone.utc) + timedelta(days=1)
            event.add("rrule", icalendar.vRecur.from_ical((theirs or rule) + f";UNTIL={until:%Y%m%dT%H%M%SZ}"))
            calendar.add_component(event)
            by_uid[uid] = (last, (first, wall, rule + ended))
        found = defaultdict(list)
        for event in recurring_ical_events.of(calendar).between(date(2023, 12, 1), date(2030, 2, 1)):
            uid, at = str(event["UID"]), event["DTSTART"].dt
            if at.date() <= by_uid[uid][0]:
                found[uid].append(int(at.timestamp()))
        for uid, (_, case) in by_uid.items():
            cases += [(name, *case) for name in names]
            expected += [sorted(found[uid])] * len(names)
    return compare("recurring-ical-events", cases, expand(program, cases), expected)


def clock_of(name):
    """The offset of a zone in 2024 and all of its clock changes, and its name, for another process."""
    zone = zoneinfo.ZoneInfo(name)
    return (datetime(2024, 1, 1, tzinfo=zone).utcoffset(), tuple(changes(zone))), name


def run(part):
    """One part of a check, in another process."""
    check, program, what = part
    return check(program, what)


def parts_of(things, count):
    """The things in parts of about the same size. Neighbors are in different parts."""
    return [things[start::count] for start in range(count)]


def main():
    program = sys.argv[1]
    began = time.monotonic()
    names = sorted(name for name in zoneinfo.available_timezones() if "/" in name)
    # More than there are processors, so that all of them work until the end.
    count = 8 * (os.cpu_count() or 1)
    with multiprocessing.Pool() as pool:
        # Zones with the same clock have the same instants: the others compute them once. Kith
        # answers for every zone.
        clocks = defaultdict(list)
        for clock, name in pool.map(clock_of, names):
            clocks[clock].append(name)
        zones = [(named, times) for (_, found), named in clocks.items() if (times := times_of(found))]
        count_of_zones = sum(len(named) for named, _ in zones)
        print(f"{count_of_zones} zones with a clock change from 2024 to 2037, of {len(names)}")
        mixed = random.Random(1).sample(list(mixed_rules()), MIXED)
        parts = [(check_calendars, program, some) for some in parts_of(zones, count)]
        parts += [(check_rules, program, some) for some in [None, *parts_of(mixed, count)]]
        parts += [(check_zones, program, some) for some in parts_of(zones, count)]
        totals = defaultdict(lambda: [0, 0, 0])
        for name, *numbers in pool.imap_unordered(run, parts):
            totals[name] = [total + number for total, number in zip(totals[name], numbers)]
    for name, (cases, instants, different) in sorted(totals.items()):
        print(f"{name}: {cases} cases, {instants} instants, {different} cases differ")
    print(f"after {time.monotonic() - began:.0f} s")
    different = sum(different for _, _, different in totals.values())
    if different:
        sys.exit(f"{different} cases differ")


if __name__ == "__main__":
    main()
