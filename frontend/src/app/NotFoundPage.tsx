import { Link } from "../lib/router";
import { PageHeading } from "../ui/Page";

export function NotFoundPage() {
  return (
    <div className="wrap lonely">
      <PageHeading title="There is nothing on this shelf" />
      <p className="lead">The address may be mistyped, or the page has moved.</p>
      <p className="actions">
        <Link className="button" to="/products">See all products</Link> <Link className="button quiet" to="/">To the front page</Link>
      </p>
    </div>
  );
}
