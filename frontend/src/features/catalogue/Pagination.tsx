import { Link } from "../../lib/router";
import { LeftIcon, RightIcon } from "../../ui/icons";
import { pagesAround } from "./filter";

/** Links to the pages of a list; `address` makes the one of a page. */
export function Pagination({ page, last, address }: { page: number; last: number; address: (page: number) => string }) {
  if (last <= 1) return null;
  return (
    <nav className="pages" aria-label="Pages">
      {page > 1 ? <Link to={address(page - 1)} rel="prev" aria-label="Page before"><LeftIcon /></Link> : <span />}
      <ol>
        {pagesAround(page, last).map((each, index) => (
          <li key={each ?? `gap-${index}`}>
            {each === null ? <span aria-hidden="true">…</span> : (
              <Link to={address(each)} aria-label={`Page ${each}`} aria-current={each === page ? "page" : undefined}>{each}</Link>
            )}
          </li>
        ))}
      </ol>
      {page < last ? <Link to={address(page + 1)} rel="next" aria-label="Next page"><RightIcon /></Link> : <span />}
    </nav>
  );
}
