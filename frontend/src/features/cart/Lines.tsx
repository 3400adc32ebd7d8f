import { money, productName, total } from "../../lib/format";
import { Link } from "../../lib/router";
import { CloseIcon } from "../../ui/icons";
import { Picture } from "../../ui/Picture";
import { Stepper } from "../../ui/Stepper";
import { useCart } from "./cart";

/** What is in the cart; quantities can be changed. */
export function Lines({ onLeave }: { onLeave?: () => void }) {
  const { lines, setQuantity, remove } = useCart();
  return (
    <ul className="lines">
      {lines.map((line) => {
        const name = productName(line.name);
        return (
          <li key={line.product_id}>
            <Picture product={line} />
            <div className="line-text">
              <Link to={`/products/${encodeURIComponent(line.product_id)}`} onClick={() => onLeave?.()}>{name}</Link>
              <span className="small">{money(line.price, line.currency)}</span>
              <div className="line-row">
                <Stepper value={line.quantity} name={name} onChange={(quantity) => setQuantity(line.product_id, quantity)} />
                <span className="price">{money(total([line]), line.currency)}</span>
              </div>
            </div>
            <button type="button" className="icon-button line-remove" aria-label={`Remove ${name}`} onClick={() => remove(line.product_id)}>
              <CloseIcon />
            </button>
          </li>
        );
      })}
    </ul>
  );
}

/** What became different since the customer looked last. */
export function Notices() {
  const { notices, dismissNotices } = useCart();
  if (notices.length === 0) return null;
  return (
    <div className="notices" role="status">
      <ul>{notices.map((notice) => <li key={notice}>{notice}</li>)}</ul>
      <button type="button" className="link" onClick={dismissNotices}>All right</button>
    </div>
  );
}
