import { useState } from "react";
import { activateGeneration, activateModel, listGenerations, listModels } from "../../api/admin";
import type { Activation, Generation, Model } from "../../api/types";
import { modelEvaluations } from "../../api/whatIf";
import { count } from "../../lib/format";
import { queries } from "../../lib/query";
import { PageHeading } from "../../ui/Page";
import { toast } from "../../ui/toast";
import { Confirm } from "../parts/Confirm";
import { Bones, Stale } from "../parts/states";
import { usePolled } from "../parts/usePolled";
import { moment } from "../parts/words";
import { CompareGenerations } from "./CompareGenerations";
import { CompareModels } from "./CompareModels";
import { Generations } from "./Generations";
import { Models } from "./Models";
import { OverTime } from "./OverTime";

type Choice = { kind: "generation"; generation: Generation } | { kind: "model"; model: Model };

/** What is served, what was before, and the way back. */
export function ModelsPage() {
  const [generationPage, setGenerationPage] = useState(1);
  const [modelPage, setModelPage] = useState(1);
  const generations = usePolled(`admin:/generations?page=${generationPage}`, (signal) => listGenerations(generationPage, undefined, signal), () => 30_000);
  const models = usePolled(`admin:/models?page=${modelPage}`, (signal) => listModels(modelPage, signal), () => 30_000);
  const evaluations = usePolled("admin:/models/evaluations", modelEvaluations, () => 60_000);
  const [choice, setChoice] = useState<Choice | undefined>();
  return (
    <div className="room">
      <PageHeading title="Models and generations" />
      <p className="lead">A run fits a model and makes a generation: a list for every customer. One generation is live; going back to another takes effect with the next request.</p>
      <Stale queries={[generations, models, evaluations]} what="This page" />
      {generations.isLoading || models.isLoading || evaluations.isLoading ? <Bones what="models and generations" /> : (
        <>
          <Generations query={generations} onActivate={(generation) => setChoice({ kind: "generation", generation })} onPage={setGenerationPage} />
          <CompareGenerations generations={generations.data?.items ?? []} />
          <Models query={models} onActivate={(model) => setChoice({ kind: "model", model })} onPage={setModelPage} />
          <OverTime query={evaluations} />
          <CompareModels models={models.data?.items ?? []} />
        </>
      )}
      {choice ? <Question choice={choice} onClose={() => setChoice(undefined)} /> : null}
    </div>
  );
}

function Question({ choice, onClose }: { choice: Choice; onClose: () => void }) {
  const activate = () => (choice.kind === "generation" ? activateGeneration(choice.generation.generation) : activateModel(choice.model.version));
  const run = async () => {
    const answer = await activate();
    for (const prefix of ["admin:/generations", "admin:/models", "admin:/batch/status"]) queries.invalidate(prefix);
    toast(outcome(answer));
  };
  const generation = choice.kind === "generation" ? choice.generation.generation : choice.model.activation.generation;
  const since = choice.kind === "generation" ? choice.generation.created_at : choice.model.created_at;
  return (
    <Confirm title={choice.kind === "generation" ? `Serve generation ${count(choice.generation.generation)}?` : "Serve this model?"} verb="Serve it" run={run} onClose={onClose}>
      <p>
        {`Every customer gets the lists of generation ${generation === null ? "that it made" : count(generation)}, made ${moment(since)}. `}
        {`Lists that became old since are made anew, with model ${choice.kind === "generation" ? choice.generation.model_version : choice.model.version}.`}
      </p>
      <p>The next full run replaces it again. What is live now stays stored.</p>
    </Confirm>
  );
}

const outcome = ({ changed, live, previous }: Activation) =>
  !changed ? `Generation ${count(live.generation)} was live already.`
    : `Generation ${count(live.generation)} is live${previous ? `; before it was ${count(previous.generation)}` : ""}.`;
