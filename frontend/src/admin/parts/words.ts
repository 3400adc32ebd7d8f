// Durations, times and states of the dashboard in words.
import { ago, count, sentence } from "../../lib/format";
import type { BatchJob } from "../../api/types";

const locale = "en-GB";

/** `0.4 s`, `38 s`, `4 min 12 s`, `2 h 5 min`. */
export function duration(seconds: number): string {
  if (seconds < 0.1) return "under 0.1 s";
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min${whole % 60 ? ` ${whole % 60} s` : ""}`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h${minutes % 60 ? ` ${minutes % 60} min` : ""}`;
}

/** `in 5 hours`; a time that has come is `now`. */
export function until(time: string, now = new Date()): string {
  const seconds = (new Date(time).getTime() - now.getTime()) / 1_000;
  if (seconds < 60) return "now";
  const [length, unit] = seconds >= 172_800 ? ([86_400, "day"] as const) : seconds >= 5_400 ? ([3_600, "hour"] as const) : ([60, "minute"] as const);
  return new Intl.RelativeTimeFormat(locale).format(Math.round(seconds / length), unit);
}

/** `19:49`, with the date when it is another day's. */
export function moment(time: string, now = new Date()): string {
  const date = new Date(time);
  const isToday = date.toDateString() === now.toDateString();
  const parts = isToday ? {} : ({ day: "numeric", month: "short" } as const);
  return new Intl.DateTimeFormat(locale, { ...parts, hour: "2-digit", minute: "2-digit" }).format(date);
}

/** `Tuesday`. */
export const weekday = (time: string) => new Intl.DateTimeFormat(locale, { weekday: "long" }).format(new Date(time));

/** With seconds, for lines of a log. */
export const toTheSecond = (time: string) => new Intl.DateTimeFormat(locale, { timeStyle: "medium" }).format(new Date(time));

export const agoAt = (time: string) => `${ago(time)}, ${moment(time)}`;

/** A reason of the API as a sentence. Times within it are UTC; here they are the reader's. */
export const reasonWords = (reason: string) => sentence(reason.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, (time) => moment(time)));

export const milliseconds = (value: number) => `${value < 10 ? value.toFixed(1) : count(Math.round(value))} ms`;

/** A figure between 0 and 1 that people compare: three decimals. */
export const score = (value: number) => value.toFixed(3);

export const typeWords: Record<BatchJob["job_type"], string> = {
  full: "everybody",
  incremental: "customers with news",
  active_users: "active customers",
};

export const triggerWords: Record<BatchJob["trigger"], string> = {
  timer: "the timer",
  manual: "hand",
  api: "the API",
  cli: "the command line",
  stand_in: "a serving process, for a silent timer",
};

export const statusWords: Record<BatchJob["status"], string> = {
  pending: "waiting",
  running: "running",
  completed: "done",
  failed: "failed",
  cancelled: "cancelled",
};

export const isOver = ({ status }: BatchJob) => status === "completed" || status === "failed" || status === "cancelled";
