import { useState } from "react";
import { jobLog } from "../../api/admin";
import type { LogLine } from "../../api/types";
import { count, counted } from "../../lib/format";
import { download } from "../parts/download";
import { Panel } from "../parts/pieces";
import { Bones, Failed } from "../parts/states";
import { usePolled } from "../parts/usePolled";
import { toTheSecond } from "../parts/words";

const levels = ["debug", "info", "warning", "error"] as const;
type Level = LogLine["level"];
/** More lines than this are not drawn at once; the download has all. */
const mostLines = 500;

/** The lines of a level and above that hold the text. */
export function matching(lines: readonly LogLine[], least: Level, text: string): LogLine[] {
  const wanted = text.trim().toLowerCase();
  return lines.filter(({ level, message }) => levels.indexOf(level) >= levels.indexOf(least) && message.toLowerCase().includes(wanted));
}

/** As the API's own text: a line each with time and level. */
export const asText = (lines: readonly LogLine[]) => lines.map(({ logged_at, level, message }) => `${logged_at} ${level} ${message}\n`).join("");

export function Log({ jobId, isOver }: { jobId: string; isOver: boolean }) {
  const query = usePolled(`admin:/batch/logs/${jobId}`, (signal) => jobLog(jobId, signal), () => (isOver ? undefined : 2_000));
  const { data, error, retry } = query;
  const [least, setLeast] = useState<Level>("debug");
  const [text, setText] = useState("");
  if (data === undefined) {
    return <Panel title="Log">{error === undefined ? <Bones what="the log" rows={3} /> : <Failed what="the log" error={error} onRetry={retry} />}</Panel>;
  }
  const found = matching(data, least, text);
  const shown = found.slice(-mostLines);
  return (
    <Panel title="Log" aside={found.length === data.length ? counted(data.length, "line") : `${count(found.length)} of ${counted(data.length, "line")}`}>
      <div className="bar">
        <label className="field">
          <span>At least</span>
          <select value={least} onChange={(event) => setLeast(event.target.value as Level)}>
            {levels.map((level) => <option key={level} value={level}>{level}</option>)}
          </select>
        </label>
        <label className="field wide-field">
          <span>With the words</span>
          <input type="search" value={text} onChange={(event) => setText(event.target.value)} />
        </label>
        <button type="button" className="button quiet" onClick={() => download(`${jobId}.log`, asText(data))}>Download</button>
      </div>
      {found.length === 0 ? <p>{data.length === 0 ? "Nothing was written down yet." : "No line is like that."}</p> : (
        <ol className="log" aria-label="Lines of the log" tabIndex={0}>
          {shown.map(({ id, logged_at, level, message }) => (
            <li key={id} data-level={level}>
              <time dateTime={logged_at}>{toTheSecond(logged_at)}</time>
              <span className="log-level">{level}</span>
              <span>{message}</span>
            </li>
          ))}
        </ol>
      )}
      {shown.length < found.length ? <p className="small">{`The newest ${count(mostLines)}; the download has all lines.`}</p> : null}
    </Panel>
  );
}
