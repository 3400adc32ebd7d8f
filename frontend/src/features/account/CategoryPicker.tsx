import { listCategories } from "../../api/endpoints";
import { useQuery } from "../../lib/useQuery";
import { CheckIcon } from "../../ui/icons";
import { ground } from "../../ui/Picture";
import { EmptyState, ErrorState, LoadingNote } from "../../ui/states";

/** All categories of the shop as tiles that can be switched on. */
export function CategoryPicker({ chosen, onChange }: { chosen: readonly string[]; onChange: (names: string[]) => void }) {
  const query = useQuery("/categories", listCategories, { staleTime: 300_000 });
  if (!query.data) {
    return query.error === undefined ? (
      <>
        <LoadingNote>Fetching the categories</LoadingNote>
        <ul className="picker skeleton" aria-hidden="true">
          {Array.from({ length: 12 }, (_, index) => <li key={index}><span className="picker-tile bone" /></li>)}
        </ul>
      </>
    ) : <ErrorState what="the categories" error={query.error} onRetry={query.retry} />;
  }
  if (query.data.items.length === 0) return <EmptyState title="The shop has no categories yet.">Come back a little later.</EmptyState>;
  const categories = [...query.data.items].sort((a, b) => b.product_count - a.product_count).slice(0, 24);
  return (
    <ul className="picker">
      {categories.map(({ name }) => {
        const isOn = chosen.includes(name);
        return (
          <li key={name}>
            <button
              type="button"
              className="picker-tile"
              data-ground={ground(name)}
              aria-pressed={isOn}
              onClick={() => onChange(isOn ? chosen.filter((each) => each !== name) : [...chosen, name])}
            >
              <span className="picker-mark">{isOn ? <CheckIcon /> : null}</span>
              {name}
            </button>
          </li>
        );
      })}
    </ul>
  );
}
