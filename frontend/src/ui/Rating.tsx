import { count as number } from "../lib/format";
import { StarIcon } from "./icons";

/** `★ 4.6 · 41`, read as a sentence. */
export function Rating({ average, count }: { average: number; count: number }) {
  return (
    <span className="rating">
      <span className="hidden-text">{`Rated ${average.toFixed(1)} of 5 by ${number(count)} customers`}</span>
      <span aria-hidden="true" className="rating-figures"><StarIcon /> {average.toFixed(1)} · {number(count)}</span>
    </span>
  );
}
