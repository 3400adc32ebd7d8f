import type { DataWarning } from "../../api/types";
import { count } from "../../lib/format";
import { Link } from "../../lib/router";
import { Panel } from "../parts/pieces";
import { warningWords } from "./dataFigures";

/** What a person should look at, with the places where it can be mended. */
export function Warnings({ warnings }: { warnings: DataWarning[] }) {
  if (warnings.length === 0) return null;
  return (
    <Panel title="To look at" aside={`${count(warnings.length)} of 8 checks`}>
      <ul className="warnings">
        {warnings.map(({ kind, count: number, examples }) => {
          const { title, advice, of } = warningWords[kind];
          return (
            <li key={kind}>
              <h3>{title(number)}</h3>
              <p>{advice}</p>
              {examples.length === 0 ? null : (
                <p className="small">
                  {number > examples.length ? "Such as " : ""}
                  {examples.map((example, index) => (
                    <span key={example}>
                      {index === 0 ? "" : ", "}
                      {of === undefined ? example : <Link to={`/admin/${of}/${encodeURIComponent(example)}`}>{example}</Link>}
                    </span>
                  ))}
                </p>
              )}
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
