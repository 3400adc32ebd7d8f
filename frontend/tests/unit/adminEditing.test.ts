import assert from "node:assert/strict";
import { test } from "node:test";
import { differences, isChanged, keepMine, opened, readAgain, saved, takeTheirs } from "../../src/admin/parts/editing";
import { every, faultsOfSpan, secondsOfSpan, spanOf } from "../../src/admin/parts/span";
import { scheduleDraft, scheduleFaults, scheduleOf, scheduleSentence, scheduleWords } from "../../src/admin/schedule/scheduleDraft";
import type { ScheduleSettings } from "../../src/api/adminEdits";

const stored = (interval: number, tag: string) => ({ data: { interval }, tag });
const mine = { ...opened(stored(6, "v1")), draft: { interval: 9 } };

test("a form without changes follows what is stored", () => {
  const after = readAgain(opened(stored(6, "v1")), stored(2, "v2"));
  assert.deepEqual(after, opened(stored(2, "v2")));
  assert.equal(isChanged(after), false);
});

test("a changed form keeps what it says, shows what somebody else stored, and is saved over it only knowingly", () => {
  const after = readAgain(mine, stored(2, "v2"));
  assert.deepEqual([after.draft.interval, after.theirs?.data.interval, after.base.tag], [9, 2, "v1"]);
  assert.deepEqual(takeTheirs(after), opened(stored(2, "v2")));
  assert.deepEqual([keepMine(after).draft.interval, keepMine(after).base.tag, keepMine(after).theirs], [9, "v2", undefined]);
});

test("a newer version with the same fields is no conflict, nor one that says what the form says", () => {
  const same = readAgain(mine, stored(6, "v2"));
  assert.deepEqual([same.draft.interval, same.base.tag, same.theirs], [9, "v2", undefined]);
  assert.deepEqual(readAgain(mine, stored(9, "v2")), opened(stored(9, "v2")));
  assert.equal(readAgain(mine, stored(6, "v1")), mine);
});

test("what is typed while a form is on its way is kept as a change of what was stored", () => {
  const typed = { ...mine, draft: { interval: 12 } };
  assert.deepEqual(saved(mine, { interval: 9 }, stored(9, "v2")), opened(stored(9, "v2")));
  const after = saved(typed, { interval: 9 }, stored(9, "v2"));
  assert.deepEqual([after.draft.interval, after.base.data.interval, after.base.tag, isChanged(after)], [12, 9, "v2", true]);
});

test("only fields that differ are put side by side", () => {
  assert.deepEqual(differences([["A", "1"], ["B", "2"]], [["A", "1"], ["B", "3"]]), [{ label: "B", mine: "2", theirs: "3" }]);
});

test("lengths of time are set in the largest whole unit", () => {
  assert.deepEqual([21_600, 5_400, 60, 90, 86_400].map(spanOf), [
    { amount: "6", unit: 3_600 }, { amount: "90", unit: 60 }, { amount: "1", unit: 60 }, { amount: "90", unit: 1 }, { amount: "1", unit: 86_400 },
  ]);
  assert.deepEqual([60, 7_200, 90].map(every), ["every minute", "every 2 hours", "every 90 seconds"]);
  assert.equal(secondsOfSpan({ amount: "1.5", unit: 3_600 }), 5_400);
  assert.equal(Number.isNaN(secondsOfSpan({ amount: " ", unit: 60 })), true);
  const isRight = (amount: string, unit: number) => Object.keys(faultsOfSpan({ amount, unit }, "/a", 1, 2_592_000)).length === 0;
  assert.deepEqual([isRight("30", 86_400), isRight("31", 86_400), isRight("0", 1), isRight("x", 1), isRight("0.5", 1)], [true, false, false, false, false]);
});

const settings: ScheduleSettings = { interval_seconds: 21_600, active_interval_seconds: 60, off_peak: null, adaptive: false, enabled: true };
const window = { start: "22:00", end: "06:00", time_zone: "Europe/London" };

test("a schedule comes out of the form as it went in", () => {
  for (const each of [settings, { ...settings, off_peak: window, adaptive: true, enabled: false }]) {
    assert.deepEqual(scheduleOf(scheduleDraft({ settings: each })), each);
    assert.deepEqual(scheduleFaults(scheduleDraft({ settings: each })), {});
  }
});

test("a schedule is one sentence", () => {
  assert.equal(scheduleSentence(settings), "Everybody's lists are made anew every 6 hours, at any hour; those of active customers every minute.");
  assert.match(scheduleSentence({ ...settings, off_peak: window, adaptive: true }), /between 22:00 and 06:00 \(Europe\/London\), or once a day/);
  assert.doesNotMatch(scheduleSentence({ ...settings, interval_seconds: 172_800, adaptive: true }), /once a day/);
  assert.match(scheduleSentence({ ...settings, enabled: false }), /off/);
});

test("an hour that is missing is its field's fault, and no fault while any hour will do", () => {
  const draft = { ...scheduleDraft({ settings }), start: "", zone: " " };
  assert.deepEqual(scheduleFaults(draft), {});
  assert.deepEqual(Object.keys(scheduleFaults({ ...draft, isOffPeak: true })), ["/off_peak/start", "/off_peak/time_zone"]);
  assert.equal(scheduleWords(draft).find(([label]) => label === "Hours")?.[1], "any");
});
