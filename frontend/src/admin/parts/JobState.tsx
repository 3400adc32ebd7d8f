import type { BatchJob } from "../../api/types";
import { State } from "./pieces";
import { statusWords } from "./words";

const tones = { pending: "busy", running: "busy", completed: "good", failed: "bad", cancelled: "plain" } as const;

export const JobState = ({ job }: { job: BatchJob }) => <State tone={tones[job.status]}>{statusWords[job.status]}</State>;
