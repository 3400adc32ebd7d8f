import { useState } from "react";
import { getRecommender } from "../../api/adminEdits";
import { createExperiment, planExperiment } from "../../api/experiments";
import type { ExperimentPlan } from "../../api/types";
import { count } from "../../lib/format";
import { queries } from "../../lib/query";
import { navigate } from "../../lib/router";
import { Field } from "../parts/Field";
import { Panel } from "../parts/pieces";
import { causeOf } from "../parts/states";
import { emptyDraft, experimentOf, faultsOf, kindWords, liftOf, metricWords, models, valueWords, windowOf } from "./experimentWords";
import type { ExperimentDraft } from "./experimentWords";

/** Plans an experiment from the shop's own traffic and drafts it. */
export function NewExperimentForm() {
  const [draft, setDraft] = useState<ExperimentDraft>(emptyDraft);
  const [isChecked, setChecked] = useState(false);
  const [plan, setPlan] = useState<ExperimentPlan | undefined>();
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>();
  const faults = isChecked ? faultsOf(draft) : {};
  const change = (part: Partial<ExperimentDraft>) => {
    setDraft({ ...draft, ...part });
    // A plan is of what was asked.
    setPlan(undefined);
  };
  const attempt = async (work: () => Promise<void>) => {
    if (isBusy) return;
    setBusy(true);
    setFailure(undefined);
    try {
      await work();
    } catch (error) {
      setFailure(error);
    }
    setBusy(false);
  };
  const ask = () => {
    const [lift, days] = [liftOf(draft), windowOf(draft)];
    setChecked(true);
    if (lift === undefined || days === undefined) return;
    void attempt(async () => setPlan(await planExperiment({ metric: draft.metric, lift: lift / 100, window_days: days })));
  };
  const create = () => {
    setChecked(true);
    if (Object.keys(faultsOf(draft)).length > 0) return;
    void attempt(async () => {
      const { data } = await getRecommender();
      const made = await createExperiment(experimentOf(draft, data.settings.ranking, plan?.users ?? null));
      queries.invalidate("admin:/experiments");
      navigate(`/admin/experiments/${made.experiment_id}`);
    });
  };
  return (
    <Panel title="Plan a new one">
      <form
        className="edit"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          create();
        }}
      >
        <div className="fields">
          <Field label="Name" fault={faults.name}>
            {(input) => <input {...input} type="text" maxLength={200} value={draft.name} onChange={(event) => change({ name: event.target.value })} />}
          </Field>
          <Field label="Kind" hint={draft.kind === "interleaving" ? "Needs far fewer users, and is decided by clicks alone." : "The users are divided; any figure can decide."}>
            {(input) => (
              <select
                {...input}
                value={draft.kind}
                onChange={(event) => {
                  const kind = event.target.value as ExperimentDraft["kind"];
                  change(kind === "interleaving" ? { kind, metric: "click_through" } : { kind });
                }}
              >
                {Object.entries(kindWords).map(([kind, words]) => <option key={kind} value={kind}>{words}</option>)}
              </select>
            )}
          </Field>
          <Field label="Decided by">
            {(input) => (
              <select {...input} value={draft.metric} disabled={draft.kind === "interleaving"} onChange={(event) => change({ metric: event.target.value as ExperimentDraft["metric"] })}>
                {Object.entries(metricWords).map(([metric, words]) => <option key={metric} value={metric}>{words}</option>)}
              </select>
            )}
          </Field>
          <Field label="Smallest difference to see, in %" fault={faults.lift}>
            {(input) => <input {...input} type="text" inputMode="decimal" value={draft.lift} onChange={(event) => change({ lift: event.target.value })} />}
          </Field>
          <Field label="What a user does counts for, in days" fault={faults.windowDays}>
            {(input) => <input {...input} type="text" inputMode="numeric" value={draft.windowDays} onChange={(event) => change({ windowDays: event.target.value })} />}
          </Field>
          {draft.kind === "interleaving" ? null : (
            <Field label="Users who get the variant, in %" fault={faults.share}>
              {(input) => <input {...input} type="text" inputMode="decimal" value={draft.share} onChange={(event) => change({ share: event.target.value })} />}
            </Field>
          )}
          <Field label="Model of the variant" hint="The control has the shop's own settings.">
            {(input) => (
              <select {...input} value={draft.model} onChange={(event) => change({ model: event.target.value })}>
                {models.map((name) => <option key={name} value={name}>{name}</option>)}
              </select>
            )}
          </Field>
          <Field label="Diversity of the variant" hint="1 keeps the order of scores; nothing keeps the shop's own." fault={faults.diversity}>
            {(input) => <input {...input} type="text" inputMode="decimal" value={draft.diversity} onChange={(event) => change({ diversity: event.target.value })} />}
          </Field>
        </div>
        {plan === undefined ? null : <Planned plan={plan} />}
        {failure === undefined ? null : <p className="fault" role="alert">{causeOf(failure)}</p>}
        <div className="edit-foot">
          <button type="button" className="button quiet" aria-disabled={isBusy} onClick={ask}>How long will it take?</button>
          <button type="submit" className="button" aria-disabled={isBusy}>Make a draft</button>
          <span className="small">Nothing is served differently before it is started.</span>
        </div>
      </form>
    </Panel>
  );
}

function Planned({ plan }: { plan: ExperimentPlan }) {
  return (
    <div className="note" role="status">
      <p className="note-title">{plan.words}</p>
      <p>
        {`In the last four weeks ${count(plan.users_in_four_weeks)} users came. `}
        {plan.baseline === null ? "" : `Now: ${valueWords(plan.metric, plan.baseline)}. `}
        {`A real difference of this size is found in ${Math.round(plan.power * 100)} of 100 experiments.`}
      </p>
    </div>
  );
}
