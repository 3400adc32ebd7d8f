import { useState } from "react";
import type { ErrorBudget, ErrorBudgets } from "../../api/types";
import { errorBudgets, getObjectives, putObjectives } from "../../api/whatIf";
import type { Objectives } from "../../api/whatIf";
import { counted } from "../../lib/format";
import { queries } from "../../lib/query";
import type { Query } from "../../lib/useQuery";
import { EditForm } from "../parts/EditForm";
import { Field } from "../parts/Field";
import { Panel, Progress, State } from "../parts/pieces";
import { Bones, Failed } from "../parts/states";
import { useEdit } from "../parts/useEdit";
import { usePolled } from "../parts/usePolled";
import { burnWords, shareWords, strainOf, usedWords } from "./budgetWords";

const key = "admin:/config/service-objectives";
const budgetKey = "admin:/metrics/error-budget";

export const useBudgets = () => usePolled(budgetKey, errorBudgets, () => 60_000);

/** What the shop wants of its lists, and how much of what may go wrong has gone wrong. */
export function Budget({ query }: { query: Query<ErrorBudgets> }) {
  const [isEditing, setEditing] = useState(false);
  const { data, error, retry } = query;
  return (
    <Panel title="Error budget" aside={data ? `customers' lists, last ${counted(data.window_days, "day")}` : undefined}>
      {data === undefined ? <Failed what="the error budget" error={error} onRetry={retry} /> : (
        <>
          <div className="columns budgets">
            <One title="Answers without an error" budget={data.availability} />
            <One title={`Answers within ${data.latency_ms} ms`} budget={data.latency} />
          </div>
          <p><button type="button" className="button quiet small-button" aria-expanded={isEditing} onClick={() => setEditing(!isEditing)}>Change the objectives</button></p>
          {isEditing ? <Change /> : null}
        </>
      )}
    </Panel>
  );
}

const tones = { none: "good", burning: "busy", used: "bad" } as const;

function One({ title, budget }: { title: string; budget: ErrorBudget }) {
  const { used, target } = budget;
  const percent = used === null ? 0 : Math.round(100 * used);
  return (
    <div data-strain={strainOf(budget)}>
      <p><State tone={used === null ? "plain" : tones[strainOf(budget)]}>{`${title}: ${shareWords(target)} wanted`}</State></p>
      <Progress percent={percent} label={`${title}: budget used`} />
      <p className="small">{used === null ? "Nobody asked for a list." : `${percent} % of the budget is used: ${usedWords(budget)}.`}</p>
      <p className="small">{`${burnWords(budget).replace(/^./, (letter) => letter.toUpperCase())}.`}</p>
    </div>
  );
}

interface Draft {
  /** Percent. */
  availability: string;
  latency: string;
  latencyShare: string;
  days: string;
}

const draftOf = ({ settings }: { settings: Objectives }): Draft => ({
  availability: String(Number((100 * settings.availability).toPrecision(12))),
  latency: String(settings.latency_ms),
  latencyShare: String(Number((100 * settings.latency_share).toPrecision(12))),
  days: String(settings.window_days),
});

const objectivesOf = ({ availability, latency, latencyShare, days }: Draft): Objectives => ({
  availability: Number((Number(availability) / 100).toPrecision(12)),
  latency_ms: Number(latency),
  latency_share: Number((Number(latencyShare) / 100).toPrecision(12)),
  window_days: Number(days),
});

function faultsOf({ availability, latency, latencyShare, days }: Draft): Record<string, string> {
  const isIn = (text: string, least: number, most: number, isWhole: boolean) =>
    text.trim() !== "" && Number(text) >= least && Number(text) <= most && (!isWhole || Number.isInteger(Number(text)));
  return {
    ...(isIn(availability, 50, 99.99, false) ? {} : { "/availability": "Must be a number from 50 to 99.99." }),
    ...(isIn(latency, 1, 60_000, true) ? {} : { "/latency_ms": "Must be a whole number from 1 to 60000." }),
    ...(isIn(latencyShare, 50, 99.99, false) ? {} : { "/latency_share": "Must be a number from 50 to 99.99." }),
    ...(isIn(days, 1, 30, true) ? {} : { "/window_days": "Must be a whole number from 1 to 30." }),
  };
}

function Change() {
  const objectives = usePolled(key, getObjectives, () => 60_000);
  const edit = useEdit({
    key,
    query: objectives,
    read: getObjectives,
    draftOf,
    faultsOf,
    store: async (draft, _, tag) => {
      const answer = await putObjectives(objectivesOf(draft), tag);
      queries.invalidate(budgetKey);
      return answer;
    },
  });
  if (edit === undefined) return objectives.error === undefined ? <Bones what="the objectives" rows={2} /> : <Failed what="the objectives" error={objectives.error} onRetry={objectives.retry} />;
  const number = (label: string, name: keyof Draft, pointer: string) => (
    <Field label={label} fault={edit.faults[pointer]}>
      {(input) => <input {...input} type="number" step="any" value={edit.draft[name]} onChange={(event) => edit.change({ [name]: event.target.value }, pointer)} />}
    </Field>
  );
  return (
    <EditForm
      edit={edit}
      name="Objectives"
      wordsOf={(draft) => [["Answers without an error", `${draft.availability} %`], ["In time", `within ${draft.latency} ms`], ["Answers in time", `${draft.latencyShare} %`], ["Counted over", `${draft.days} days`]]}
    >
      <div className="fields">
        {number("Answers without an error, in %", "availability", "/availability")}
        {number("In time is within, in ms", "latency", "/latency_ms")}
        {number("Answers in time, in %", "latencyShare", "/latency_share")}
        {number("Counted over days", "days", "/window_days")}
      </div>
    </EditForm>
  );
}
