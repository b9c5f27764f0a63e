"""Reads the calendar files of Kith, and the emails that carry them, with other programs.

Usage: calendar_files.py PROGRAM

PROGRAM is the example `write_invitations`. It reads cases, one a line, and prints for each the
calendar file and the email.
"""

import email
import email.policy
import io
import json
import random
import subprocess
import sys
import zoneinfo
from datetime import date, datetime, timedelta, timezone

import icalendar
from dateutil import tz as dateutil_tz

FIRST, LAST = datetime(2024, 1, 1), datetime(2037, 12, 31)
# How many clock changes are tried in each zone.
CHANGES = 4
UTC = timezone.utc
HOSTILE = [
    "Appointment (Ana's circle)",
    "a\r\nATTENDEE:mailto:evil@example.org",
    "a\nBEGIN:VALARM\nEND:VALARM",
    "a\rX-EVIL:y",
    "END:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:evil",
    "a\\nb\\;c\\,d\\\\",
    'a";CN="b":mailto:evil@example.org',
    "Subject: evil\r\nBcc: evil@example.org\r\n\r\nbody",
    "--boundary\r\nContent-Type: text/html\r\n\r\n<b>evil</b>",
    "שלום \u202eevil\u202c 🙂" * 12,
    "\u0085X:y\u2028X:y\u2029X:y\u000bX:y\u000cX:y\u001cX:y",
    "",
]
# What a file has, and nothing else.
LINES = {
    "UID", "DTSTAMP", "SEQUENCE", "DTSTART", "DTEND", "STATUS", "ORGANIZER", "ATTENDEE", "CLASS",
    "SUMMARY", "LOCATION", "DESCRIPTION",
}


def changes_of(zone):
    """The instants at which the clock of a zone is changed."""
    found, step = [], timedelta(hours=6)
    at = FIRST.replace(tzinfo=UTC)
    before = at.astimezone(zone).utcoffset()
    while at < LAST.replace(tzinfo=UTC):
        after = (at + step).astimezone(zone).utcoffset()
        if after != before:
            low, high = at, at + step
            while high - low > timedelta(seconds=1):
                middle = low + (high - low) / 2
                middle = middle.replace(microsecond=0)
                if middle in (low, high):
                    break
                low, high = (low, middle) if middle.astimezone(zone).utcoffset() != before else (middle, high)
            found.append(high)
            before = after
        at += step
    return found


def case(zone="Europe/Berlin", starts=None, ends=None, on=None, last=None, **more):
    text = lambda moment: moment and moment.isoformat()
    return {
        "zone": zone, "starts_local": text(starts), "ends_local": text(ends), "starts_on": text(on),
        "ends_on": text(last), "is_canceled": False, "text": HOSTILE[0], "address": "ben@example.org",
        "files": 1, **more,
    }


def cases():
    dice = random.Random(5545)
    for name in sorted(zoneinfo.available_timezones()):
        if name in ("Factory", "localtime") or name.startswith(("posix/", "right/")):
            continue
        zone = zoneinfo.ZoneInfo(name)
        changes = changes_of(zone)
        for change in dice.sample(changes, min(CHANGES, len(changes))):
            local = change.astimezone(zone).replace(tzinfo=None, second=0)
            for ahead in (-90, -30, 15, 45, 60 * dice.randrange(24 * 180)):
                starts = local + timedelta(minutes=ahead)
                yield case(name, starts, starts + timedelta(minutes=dice.choice([20, 75, 60 * 30])))
        if not changes:
            yield case(name, datetime(2027, 1, 2, 10), None)
    for text in HOSTILE:
        yield case(starts=datetime(2027, 1, 2, 10), text=text)
        yield case(starts=datetime(2027, 1, 2, 10), text=text, is_canceled=True)
        yield case(starts=datetime(2027, 1, 2, 10), text=text, address=f"{text}@example.org")
    yield case(on=date(2027, 2, 28))
    yield case(on=date(2027, 2, 28), last=date(2027, 3, 2))
    yield case(on=date(2027, 2, 28), files=3)


def expected(local, zone):
    """Where the clock leaves a time out, it moves forward; where it is shown twice, it is the first."""
    return local.replace(tzinfo=zone, fold=0).astimezone(UTC)


def is_missing(local, zone):
    return expected(local, zone).astimezone(zone).replace(tzinfo=None) != local


def is_twice(local, zone):
    return not is_missing(local, zone) and (
        local.replace(tzinfo=zone, fold=1).utcoffset() != local.replace(tzinfo=zone).utcoffset()
    )


def unfold(calendar):
    lines = calendar.encode().split(b"\r\n")
    assert lines.pop() == b"", "the last line has an end"
    assert all(len(line) <= 75 for line in lines), "a line has more than 75 bytes"
    assert all(b"\r" not in line and b"\n" not in line for line in lines), "a bare end of a line"
    assert all(line.decode() for line in lines), "a letter is cut in two"
    return calendar.replace("\r\n ", "").split("\r\n")[:-1]


def check_calendar(asked, calendar):
    lines = unfold(calendar)
    read = icalendar.Calendar.from_ical(calendar)
    assert read["METHOD"] == ("CANCEL" if asked["is_canceled"] else "REQUEST")
    event, = read.walk("VEVENT")
    assert not event.errors, event.errors
    assert set(event) <= LINES, set(event)
    inside = lines[lines.index("BEGIN:VEVENT") + 1:-2]
    names = [line.split(":")[0].split(";")[0] for line in inside]
    assert len(names) == len(set(names)) and set(names) <= LINES, names
    assert str(event["STATUS"]) == ("CANCELLED" if asked["is_canceled"] else "CONFIRMED")
    assert int(event["SEQUENCE"]) == 7
    assert str(event["ORGANIZER"]) == "mailto:kith@example.org"
    assert str(event["ATTENDEE"]).startswith("mailto:")
    assert "%40example.org" in str(event["ATTENDEE"]) or str(event["ATTENDEE"]).endswith("@example.org")
    same = lambda text: "".join(
        letter for letter in text.replace("\r\n", "\n").replace("\r", "\n")
        if letter == "\n" or not (ord(letter) < 32 or 127 <= ord(letter) < 160)
    )
    for name in ("SUMMARY", "LOCATION", "DESCRIPTION"):
        assert str(event[name]) == same(asked["text"]), (name, str(event[name]))
    if asked["starts_on"]:
        first = date.fromisoformat(asked["starts_on"])
        assert event["DTSTART"].dt == first
        if asked["ends_on"]:
            last = date.fromisoformat(asked["ends_on"])
            assert event["DTEND"].dt == last + timedelta(days=1)
        else:
            assert "DTEND" not in event
        return 0
    return check_time(asked, calendar, lines)


def check_time(asked, calendar, lines):
    """The rules in the file alone must give the instants, without the database of the reader."""
    zone = zoneinfo.ZoneInfo(asked["zone"])
    starts = datetime.fromisoformat(asked["starts_local"])
    ends = asked["ends_local"] and datetime.fromisoformat(asked["ends_local"])
    has_rules = "BEGIN:VTIMEZONE" in lines
    assert has_rules == (asked["zone"] != "UTC"), "rules of a zone"
    rules = dateutil_tz.tzical(io.StringIO(calendar)).get(asked["zone"]) if has_rules else UTC

    def instant(name):
        found = [line for line in lines[lines.index("BEGIN:VEVENT"):] if line.startswith(name)]
        if not found:
            return None
        value = found[0].rsplit(":", 1)[1]
        if value.endswith("Z"):
            return datetime.strptime(value, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        assert f"{name};TZID={asked['zone']}:" in found[0], found
        return datetime.strptime(value, "%Y%m%dT%H%M%S").replace(tzinfo=rules).astimezone(UTC)

    start = expected(starts, zone)
    assert instant("DTSTART") == start, (asked, instant("DTSTART"), start)
    if ends:
        end = expected(ends, zone)
        if is_missing(starts, zone) and (ends - starts < timedelta(days=1) or end < start):
            end = start + (ends - starts)
        found = instant("DTEND")
        assert (found == end) if end > start else found is None, (asked, found, end)
    compared = 0
    for hours in [*range(-30, 31), *range(-24 * 360, 24 * 360, 173)]:
        local = starts + timedelta(hours=hours)
        if has_rules and not is_missing(local, zone) and not is_twice(local, zone):
            ours, theirs = local.replace(tzinfo=rules), local.replace(tzinfo=zone)
            assert ours.utcoffset() == theirs.utcoffset(), (asked, local, ours.utcoffset())
            compared += 1
    return compared


def check_mail(asked, answer):
    mail = email.message_from_string(answer["mail"], policy=email.policy.default)
    kinds = [part.get_content_type() for part in mail.walk()]
    words = ["multipart/alternative", "text/plain", "text/html"]
    if asked["files"] == 1:
        words.append("text/calendar")
    assert kinds == ["multipart/mixed", *words, *["application/ics"] * asked["files"]], kinds
    assert not [defect for part in mail.walk() for defect in part.defects]
    expected_headers = {
        "from", "to", "message-id", "date", "subject", "auto-submitted", "mime-version", "content-type",
    }
    headers = [name.lower() for name in mail.keys()]
    assert len(headers) == len(set(headers)), headers
    assert set(headers) == expected_headers, headers
    names = []
    for part in mail.walk():
        if part.get_content_type() == "text/calendar":
            assert part.get_param("method") == ("CANCEL" if asked["is_canceled"] else "REQUEST")
            assert part.get_param("charset").lower() == "utf-8"
        if part.get_content_type() in ("text/calendar", "application/ics"):
            assert part.get_payload(decode=True).decode() == answer["calendar"]
        if part.get_content_type() == "application/ics":
            names.append(part.get_filename())
            assert part.get_content_disposition() == "attachment"
    several = [f"invite-{number + 1}.ics" for number in range(asked["files"])]
    assert names == (["invite.ics"] if asked["files"] == 1 else several), names


def main():
    program = sys.argv[1]
    asked = list(cases())
    lines = "".join(json.dumps(one) + "\n" for one in asked)
    run = subprocess.run([program], input=lines.encode(), stdout=subprocess.PIPE, check=True)
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    assert len(answers) == len(asked)
    compared = 0
    for one, answer in zip(asked, answers):
        compared += check_calendar(one, answer["calendar"])
        check_mail(one, answer)
    zones = len({one["zone"] for one in asked})
    print(f"{len(asked)} invitations in {zones} zones, {compared} times of their rules: no difference")


if __name__ == "__main__":
    main()
