import { Field, Tick } from "../parts/Field";
import { SpanField } from "../parts/SpanField";
import type { Edit } from "../parts/useEdit";
import type { ScheduleDraft } from "./scheduleDraft";

export function ScheduleFields({ edit: { draft, faults, change } }: { edit: Edit<ScheduleDraft> }) {
  return (
    <>
      <Tick
        label="Runs start by themselves"
        hint="Off: only what somebody starts, and runs that were broken off."
        isOn={draft.enabled}
        onChange={(enabled) => change({ enabled })}
      />
      <div className="fields">
        <SpanField
          label="Everybody's lists, every"
          hint="From the start of one run to the start of the next."
          fault={faults["/interval_seconds"]}
          value={draft.interval}
          onChange={(interval) => change({ interval }, "/interval_seconds")}
        />
        <SpanField
          label="Lists of active customers, every"
          hint="Only those who did something since their list was made."
          fault={faults["/active_interval_seconds"]}
          value={draft.active}
          onChange={(active) => change({ active }, "/active_interval_seconds")}
        />
      </div>
      <Tick
        label="Slower while little happens"
        hint="With fewer than one new event in a hundred, a day passes between two runs."
        isOn={draft.adaptive}
        onChange={(adaptive) => change({ adaptive })}
      />
      <Tick
        label="Full runs only at certain hours"
        hint="When the shop is quiet. A run that somebody starts does not wait."
        isOn={draft.isOffPeak}
        onChange={(isOffPeak) => change({ isOffPeak }, "/off_peak")}
      />
      {draft.isOffPeak ? <Window draft={draft} faults={faults} change={change} /> : null}
    </>
  );
}

function Window({ draft, faults, change }: Pick<Edit<ScheduleDraft>, "draft" | "faults" | "change">) {
  return (
    <div className="fields">
      <Field label="From" fault={faults["/off_peak/start"]}>
        {(input) => <input {...input} type="time" value={draft.start} onChange={(event) => change({ start: event.target.value }, "/off_peak/start")} />}
      </Field>
      <Field label="To" fault={faults["/off_peak/end"]} hint="The next day, when it is earlier.">
        {(input) => <input {...input} type="time" value={draft.end} onChange={(event) => change({ end: event.target.value }, "/off_peak/end")} />}
      </Field>
      <Field label="Time zone" fault={faults["/off_peak/time_zone"]}>
        {(input) => (
          <>
            <input
              {...input}
              type="text"
              list="time-zones"
              spellCheck={false}
              value={draft.zone}
              onChange={(event) => change({ zone: event.target.value }, "/off_peak/time_zone")}
            />
            <datalist id="time-zones">{zones().map((zone) => <option key={zone} value={zone} />)}</datalist>
          </>
        )}
      </Field>
    </div>
  );
}

/** What the browser knows; the API knows more, and says so when it does not know one. */
function zones(): string[] {
  const { supportedValuesOf } = Intl as { supportedValuesOf?: (key: "timeZone") => string[] };
  return ["UTC", ...(supportedValuesOf?.("timeZone") ?? []).filter((zone) => zone !== "UTC")];
}
