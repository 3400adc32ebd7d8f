import type { RecommendedProduct } from "../../api/types";
import { day, percent, productName } from "../../lib/format";

/** What of the score is not in the evidence. */
export function restOf(item: RecommendedProduct): number {
  return Math.max(0, 1 - item.evidence.reduce((sum, { share }) => sum + share, 0));
}

/** From which of the customer's own products a recommendation comes, and how much of it. */
export function Evidence({ item }: { item: RecommendedProduct }) {
  const rest = restOf(item);
  if (item.evidence.length === 0) {
    return <p className="small">{withoutEvidence(item)}</p>;
  }
  const rows = item.evidence.map(({ product_id, name, share, occurred_at }) => ({
    key: product_id,
    text: productName(name) + (occurred_at ? `, ${day(occurred_at)}` : ""),
    share,
  }));
  if (rest >= 0.005) rows.push({ key: "rest", text: "Everything else that counted", share: rest });
  return (
    <>
      <ul className="evidence">
        {rows.map(({ key, text, share }) => (
          <li key={key}>
            <span>{text}</span>
            <b>{percent(share)}</b>
            <svg className="evidence-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
              <rect className="evidence-ground" width="100" height="4" />
              <rect className="evidence-share" width={Math.min(100, share * 100)} height="4" />
            </svg>
          </li>
        ))}
      </ul>
      <p className="small">The parts add up to the whole score.</p>
    </>
  );
}

function withoutEvidence({ explored }: RecommendedProduct): string {
  if (explored) return "Now and then we show something outside your usual choices, to learn what else you like.";
  return "This does not come from a purchase of yours: other customers choose it.";
}
