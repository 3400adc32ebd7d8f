import { useState } from "react";
import { getRecommender, putRecommender } from "../../api/adminEdits";
import type { RecommenderAnswer } from "../../api/adminEdits";
import { listCategories } from "../../api/endpoints";
import { useQuery } from "../../lib/useQuery";
import { PageHeading } from "../../ui/Page";
import { EditForm } from "../parts/EditForm";
import { Panel } from "../parts/pieces";
import { StartButton } from "../parts/StartRun";
import { Bones, Failed, Stale } from "../parts/states";
import { useEdit } from "../parts/useEdit";
import { usePolled } from "../parts/usePolled";
import { agoAt } from "../parts/words";
import { Candidates } from "./Candidates";
import { JudgingFields } from "./JudgingFields";
import { LeftOutFields } from "./LeftOutFields";
import { Preview } from "./Preview";
import { RankingFields } from "./RankingFields";
import { effects, recommenderDraft, recommenderFaults, recommenderOf, recommenderWords } from "./recommenderDraft";

const key = "admin:/config/recommender";

/** Which models compete, how lists are made of their scores, and what is never in them. */
export function RecommenderPage() {
  const settings = usePolled(key, getRecommender, () => 30_000);
  const categories = useQuery("/categories", listCategories);
  const [saved, setSaved] = useState<string[]>([]);
  const edit = useEdit({
    key,
    query: settings,
    read: getRecommender,
    draftOf: recommenderDraft,
    faultsOf: recommenderFaults,
    store: async (draft, stored, tag) => {
      const answer = await putRecommender(recommenderOf(draft, stored.settings), tag);
      setSaved(effects(stored.settings, answer.data.settings));
      return answer;
    },
  });
  const { data, error, retry } = settings;
  return (
    <div className="room">
      <PageHeading title="Recommender" />
      <p className="lead">A run judges the models on the shop's own past, takes the best, and makes lists of its scores by these rules.</p>
      {data === undefined || edit === undefined || categories.isLoading ? (
        error === undefined || data !== undefined ? <Bones what="the settings" rows={8} /> : <Failed what="the settings" error={error} onRetry={retry} />
      ) : (
        <>
          <Stale queries={[settings, categories]} what="This page" />
          <Panel title="Settings" aside={stored(data.data)}>
            <EditForm edit={edit} name="Recommender" wordsOf={recommenderWords} after={saved.length === 0 ? undefined : <Effects sentences={saved} />}>
              <Candidates edit={edit} />
              <RankingFields edit={edit} />
              <LeftOutFields edit={edit} categories={categories.data?.items.map(({ name }) => name) ?? []} />
              <JudgingFields edit={edit} />
            </EditForm>
          </Panel>
          <Preview
            settings={Object.keys(recommenderFaults(edit.draft)).length > 0 ? undefined : recommenderOf(edit.draft, data.data.settings)}
            isChanged={edit.isChanged}
          />
        </>
      )}
    </div>
  );
}

const stored = ({ version, updated_at }: RecommenderAnswer) =>
  updated_at === null ? "never changed: these are the defaults" : `version ${version}, saved ${agoAt(updated_at)}`;

function Effects({ sentences }: { sentences: string[] }) {
  return (
    <div className="effects">
      <p>{`Saved. ${sentences.join(" ")}`}</p>
      <StartButton isQuiet>Start a full run</StartButton>
    </div>
  );
}
