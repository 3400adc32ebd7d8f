import { Field } from "../parts/Field";
import type { Edit } from "../parts/useEdit";
import type { CandidateDraft, RecommenderDraft } from "./recommenderDraft";

/** The models that compete, in order of preference. */
export function Candidates({ edit: { draft: { candidates }, faults, change } }: { edit: Edit<RecommenderDraft> }) {
  // What the API says about one of them is about its place, and places move.
  const set = (next: CandidateDraft[]) => change({ candidates: next }, "/candidates");
  const replace = (index: number, part: Partial<CandidateDraft>) =>
    set(candidates.map((each, place) => (place === index ? { ...each, ...part } : each)));
  const up = (index: number) => {
    const next = [...candidates];
    next.splice(index - 1, 0, ...next.splice(index, 1));
    set(next);
  };
  return (
    <fieldset>
      <legend>Models that compete</legend>
      <p className="small">A shop that is too small to judge them takes the first. Popular and trending products are judged beside them: a model that does not beat those is not taken.</p>
      {faults["/candidates"] === undefined ? null : <p className="field-fault">{faults["/candidates"]}</p>}
      <ol className="candidates">
        {candidates.map(({ name, options }, index) => (
          <li key={index}>
            <Field label={`Model ${index + 1}`} fault={faults[`/candidates/${index}`]}>
              {(input) => <input {...input} type="text" spellCheck={false} value={name} onChange={(event) => replace(index, { name: event.target.value.trim() })} />}
            </Field>
            <Field label={`Options of model ${index + 1}`}>
              {(input) => <input {...input} type="text" spellCheck={false} placeholder="its defaults" value={options} onChange={(event) => replace(index, { options: event.target.value })} />}
            </Field>
            <div className="candidate-buttons">
              <button type="button" className="button quiet small-button" disabled={index === 0} onClick={() => up(index)}>
                Up<span className="hidden-text">{` with model ${index + 1}`}</span>
              </button>
              <button type="button" className="button quiet small-button" disabled={candidates.length === 1} onClick={() => set(candidates.filter((_, place) => place !== index))}>
                Remove<span className="hidden-text">{` model ${index + 1}`}</span>
              </button>
            </div>
          </li>
        ))}
      </ol>
      <p><button type="button" className="button quiet small-button" onClick={() => set([...candidates, { name: "", options: "" }])}>Add a model</button></p>
    </fieldset>
  );
}
