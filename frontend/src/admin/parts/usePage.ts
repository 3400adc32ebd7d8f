import { useSearchParams } from "../../lib/router";

/** The page of a list in the address. */
export function usePage(): [number, (page: number) => void] {
  const [params, change] = useSearchParams();
  const given = Number(params.get("page") ?? "1");
  const page = Number.isInteger(given) && given >= 1 ? given : 1;
  const go = (next: number) => change((params) => (next === 1 ? params.delete("page") : params.set("page", String(next))));
  return [page, go];
}
