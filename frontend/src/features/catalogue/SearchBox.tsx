import { useEffect, useRef, useState } from "react";
import { useDebounced } from "../../lib/hooks";
import { navigate, useLocation } from "../../lib/router";
import { SearchIcon } from "../../ui/icons";

/** Searches on Enter from everywhere; on the product list also a moment after the last letter. */
export function SearchBox() {
  const { pathname, search } = useLocation();
  const isOnList = pathname === "/products";
  const inAddress = isOnList ? (new URLSearchParams(search).get("search") ?? "") : "";
  const [text, setText] = useState(inAddress);
  const typed = useRef(false);
  const settled = useDebounced(text, 250);
  useEffect(() => {
    // Back, forward or a removed chip changed the address.
    if (!typed.current) setText(inAddress);
  }, [inAddress]);
  useEffect(() => {
    // Another page: what was typed and not sent is over.
    typed.current = false;
    setText(inAddress);
  }, [pathname]);
  const go = (value: string, replace: boolean) => {
    typed.current = false;
    const params = new URLSearchParams(isOnList ? window.location.search : "");
    if (value.trim() === "") params.delete("search");
    else params.set("search", value.trim());
    params.delete("page");
    if (params.get("sort") === "relevance") params.delete("sort");
    const query = params.toString();
    navigate(`/products${query ? `?${query}` : ""}`, { replace, scroll: !isOnList });
  };
  useEffect(() => {
    if (isOnList && typed.current && settled === text && settled.trim() !== inAddress) go(settled, inAddress !== "");
  }, [settled]);
  return (
    <form
      className="search"
      role="search"
      action="/products"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== inAddress || !isOnList) go(text, false);
      }}
    >
      <SearchIcon />
      <label className="hidden-text" htmlFor="search">Search the shop</label>
      <input
        id="search"
        name="search"
        type="search"
        placeholder="Search the shop"
        autoComplete="off"
        enterKeyHint="search"
        maxLength={200}
        value={text}
        onChange={(event) => {
          typed.current = true;
          setText(event.target.value);
        }}
      />
    </form>
  );
}
