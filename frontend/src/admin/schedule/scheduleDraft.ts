import type { ScheduleSettings } from "../../api/adminEdits";
import type { Words } from "../parts/editing";
import { every, faultsOfSpan, secondsOfSpan, spanOf } from "../parts/span";
import type { Span } from "../parts/span";
import type { Faults } from "../parts/useEdit";

/** The schedule as the form holds it. */
export interface ScheduleDraft {
  enabled: boolean;
  interval: Span;
  active: Span;
  isOffPeak: boolean;
  /** `22:00`; kept while the window is switched off. */
  start: string;
  end: string;
  zone: string;
  adaptive: boolean;
}

/** Of the API: 30 days. */
const mostSeconds = 2_592_000;

export function scheduleDraft({ settings }: { settings: ScheduleSettings }): ScheduleDraft {
  const { enabled, interval_seconds, active_interval_seconds, off_peak, adaptive } = settings;
  return {
    enabled,
    interval: spanOf(interval_seconds),
    active: spanOf(active_interval_seconds),
    isOffPeak: off_peak !== null,
    start: off_peak?.start ?? "22:00",
    end: off_peak?.end ?? "06:00",
    zone: off_peak?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    adaptive,
  };
}

export const scheduleOf = ({ enabled, interval, active, isOffPeak, start, end, zone, adaptive }: ScheduleDraft): ScheduleSettings => ({
  enabled,
  interval_seconds: secondsOfSpan(interval),
  active_interval_seconds: secondsOfSpan(active),
  off_peak: isOffPeak ? { start, end, time_zone: zone.trim() } : null,
  adaptive,
});

export function scheduleFaults({ interval, active, isOffPeak, start, end, zone }: ScheduleDraft): Faults {
  return {
    ...faultsOfSpan(interval, "/interval_seconds", 1, mostSeconds),
    ...faultsOfSpan(active, "/active_interval_seconds", 1, mostSeconds),
    ...(isOffPeak && start === "" ? { "/off_peak/start": "Enter a time of day, such as 22:00." } : {}),
    ...(isOffPeak && end === "" ? { "/off_peak/end": "Enter a time of day, such as 06:00." } : {}),
    ...(isOffPeak && zone.trim() === "" ? { "/off_peak/time_zone": "Enter a time zone, such as Europe/Berlin." } : {}),
  };
}

/** The whole schedule as one sentence, and one about what is between full runs. */
export function scheduleSentence({ enabled, interval_seconds, active_interval_seconds, off_peak, adaptive }: ScheduleSettings): string {
  if (!enabled) return "Runs by the timer are off: lists are made when somebody starts a run.";
  const window = off_peak === null ? "at any hour" : `between ${off_peak.start} and ${off_peak.end} (${off_peak.time_zone})`;
  const pause = adaptive && interval_seconds < 86_400 ? ", or once a day while hardly anything happens" : "";
  return `Everybody's lists are made anew ${every(interval_seconds)}, ${window}${pause}; those of active customers ${every(active_interval_seconds)}.`;
}

const yes = (isOn: boolean) => (isOn ? "yes" : "no");

export function scheduleWords(draft: ScheduleDraft): Words {
  const words = (span: Span) => (Number.isNaN(secondsOfSpan(span)) ? "nothing" : every(secondsOfSpan(span)));
  return [
    ["Runs by the timer", draft.enabled ? "on" : "off"],
    ["Everybody's lists", words(draft.interval)],
    ["Active customers' lists", words(draft.active)],
    ["Hours", draft.isOffPeak ? `${draft.start} to ${draft.end}, ${draft.zone}` : "any"],
    ["Slower while little happens", yes(draft.adaptive)],
  ];
}
