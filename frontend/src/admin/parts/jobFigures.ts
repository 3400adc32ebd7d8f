import type { BatchJob } from "../../api/types";

/** The stages of a full run in their order; other names come after them. */
const order = ["cut", "load", "choose", "fit", "generate", "seal", "validate", "manifest", "flip", "housekeeping"];

export const stageWords: Record<string, string> = {
  pending: "waiting for a process",
  cut: "fixing which events count",
  load: "reading the shop's data",
  choose: "choosing the best model",
  fit: "fitting the model",
  generate: "making lists",
  scoring: "making lists in several processes",
  seal: "closing the generation",
  validate: "checking the lists",
  manifest: "storing what is needed to repeat it",
  flip: "going live",
  housekeeping: "exports and tidying up",
  completed: "done",
};

export interface Stage {
  name: string;
  seconds: number;
}

export interface JobFigures {
  users: number | undefined;
  items: number | undefined;
  interactions: number | undefined;
  lists: number | undefined;
  emptyLists: number | undefined;
  quarantined: number | undefined;
  filledLists: number | undefined;
  coverage: number | undefined;
  usersPerSecond: number | undefined;
  peakMemoryMB: number | undefined;
  note: string | undefined;
  stages: Stage[];
}

/** What is known of a job's figures: its metrics are free-form, and grow with the API. */
export function figuresOf({ metrics }: BatchJob): JobFigures {
  const number = (name: string) => (typeof metrics[name] === "number" ? (metrics[name] as number) : undefined);
  const seconds = (metrics["seconds"] ?? {}) as Record<string, unknown>;
  const stages = Object.entries(seconds).flatMap(([name, value]) => (typeof value === "number" ? [{ name, seconds: value }] : []));
  const place = ({ name }: Stage) => (order.includes(name) ? order.indexOf(name) : order.length);
  return {
    users: number("users"),
    items: number("items"),
    interactions: number("interactions"),
    lists: number("lists"),
    emptyLists: number("empty_lists"),
    quarantined: number("quarantined"),
    filledLists: number("filled_lists"),
    coverage: number("coverage"),
    usersPerSecond: number("users_per_second"),
    peakMemoryMB: number("peak_memory_mb"),
    note: typeof metrics["note"] === "string" ? metrics["note"] : undefined,
    stages: stages.sort((left, right) => place(left) - place(right)),
  };
}

/** The stages of the job's type, without seconds those that were not measured (yet); others that were measured after them. */
export function stagesOf(job: BatchJob): { name: string; seconds: number | undefined }[] {
  const measured = figuresOf(job).stages;
  const planned = job.job_type === "full" ? order : ["load", "generate"];
  const others = measured.filter(({ name }) => !planned.includes(name));
  return [...planned.map((name) => ({ name, seconds: measured.find((stage) => stage.name === name)?.seconds })), ...others];
}

/** Whether the job is at a stage: lists that several processes make are one stage with those that one makes. */
export function isAt(job: BatchJob, stage: string): boolean {
  return (job.stage === "scoring" ? "generate" : job.stage) === stage;
}

/** Seconds of work: measured by stage where they are, else between start and end; undefined before the start. */
export function secondsOf(job: BatchJob, now = new Date()): number | undefined {
  if (job.started_at === null) return undefined;
  const measured = figuresOf(job).stages.reduce((sum, { seconds }) => sum + seconds, 0);
  if (job.completed_at !== null && measured > 0) return measured;
  const end = job.completed_at === null ? now : new Date(job.completed_at);
  return Math.max(0, (end.getTime() - new Date(job.started_at).getTime()) / 1_000);
}
