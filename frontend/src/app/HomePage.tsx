import { useSession } from "../api/session";
import type { Card } from "../api/card";
import type { RecommendedProduct } from "../api/types";
import { CategoryGrid } from "../features/catalogue/Categories";
import { preloadList, useRecommendations } from "../features/recommendations/lists";
import { reasonText } from "../features/recommendations/reasonText";
import { BuyAgain, Freshness, Picks } from "../features/recommendations/Picks";
import { preloadPopular, Trending, usePopular } from "../features/recommendations/Trending";
import { greeting, productName } from "../lib/format";
import { Link } from "../lib/router";
import { PageHeading } from "../ui/Page";
import { Picture } from "../ui/Picture";

/** Asks for what the page shows while it is still being drawn: on a slow machine that takes as long as the answer. */
export function preloadHome(): void {
  const { userId } = useSession.getState();
  if (userId !== undefined) for (const list of ["discover", "buy_again"] as const) void preloadList(userId, list);
  void preloadPopular();
}

export function HomePage() {
  const { userId, displayName } = useSession();
  const picks = useRecommendations(userId, "discover");
  const again = useRecommendations(userId, "buy_again");
  const trending = usePopular();
  const items = picks.data?.items ?? [];
  const popular = trending.data?.items ?? [];
  const isNew = picks.data?.source === "popular" && picks.data.based_on !== "preferences";
  // At the door stands what another choice of the customer leads to, not what was drawn by chance or is known to them.
  const reasoned = items.filter(({ explored, product_id, evidence }) => !explored && evidence[0]?.product_id !== product_id);
  const shown: readonly (Card | RecommendedProduct)[] = userId === undefined || items.length === 0 ? popular : [...reasoned, ...items];
  return (
    <div className="wrap">
      <div className="hero">
        <div className="hero-text" data-waiting={picks.isLoading}>
          <HeroWords firstName={displayName?.split(" ")[0]} isSignedIn={userId !== undefined} isNew={isNew} />
          {userId === undefined || isNew ? null : <p className="hero-fresh">{picks.data ? <Freshness answer={picks.data} /> : null}</p>}
        </div>
        <HeroPictures products={[...new Set(shown)].slice(0, 3)} />
      </div>
      {userId === undefined ? null : (
        <div id="picks"><Picks title={isNew ? "To begin with" : "Picked for you"} query={picks} userId={userId} count={8} isUrgent aside={<Link to="/you">See all</Link>} /></div>
      )}
      {userId === undefined ? null : <BuyAgain query={again} userId={userId} />}
      <div id="selling"><Trending query={trending} /></div>
      <CategoryGrid products={[...popular, ...items]} />
    </div>
  );
}

function HeroWords({ firstName, isSignedIn, isNew }: { firstName: string | undefined; isSignedIn: boolean; isNew: boolean }) {
  const hello = firstName ? `${greeting()}, ${firstName}.` : `${greeting()}.`;
  if (!isSignedIn) {
    return (
      <>
        <PageHeading title="Welcome">{hello}<br />Come in, look around.</PageHeading>
        <p className="lead">A small shop that learns what you like, says how it knows, and forgets what you send away.</p>
        <p className="actions">
          <Link className="button" to="/sign-in">Sign in</Link> <Link className="button quiet" to="/products">See all products</Link>
        </p>
      </>
    );
  }
  if (isNew) {
    return (
      <>
        <PageHeading title="Welcome">{hello}<br /><span>Tell us what you like.</span></PageHeading>
        <p className="lead">Three taps, and this page is yours. Until then, here is what other customers choose.</p>
        <p className="actions">
          <Link className="button" to="/welcome">Pick what you like</Link> <a className="button quiet" href="#selling" onClick={(event) => scrollTo(event, "selling")}>What’s selling</a>
        </p>
      </>
    );
  }
  return (
    <>
      <PageHeading title="Picked for you">{hello}<br /><span>Picked for you today.</span></PageHeading>
      <p className="lead">Chosen from what you bought and looked at. Each one says why, and you can send it away.</p>
      <p className="actions">
        <a className="button" href="#picks" onClick={(event) => scrollTo(event, "picks")}>See your picks</a>{" "}
        <a className="button quiet" href="#selling" onClick={(event) => scrollTo(event, "selling")}>What’s selling</a>
      </p>
    </>
  );
}

function scrollTo(event: { preventDefault(): void }, id: string): void {
  event.preventDefault();
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const target = document.getElementById(id);
  target?.scrollIntoView({ behavior: isCalm ? "auto" : "smooth" });
  target?.querySelector<HTMLElement>("a, button")?.focus({ preventScroll: true });
}

/** Three products beside the greeting, each a way in. The places are there before the products are. */
function HeroPictures({ products }: { products: readonly (Card | RecommendedProduct)[] }) {
  return (
    <ul className="hero-pictures">
      {[0, 1, 2].map((place) => {
        const product = products[place];
        if (!product) return <li key={place}><span className="picture bone" aria-hidden="true" /></li>;
        const why = "reason" in product ? reasonText(product) : undefined;
        return (
          <li key={place}>
            <Link to={`/products/${encodeURIComponent(product.product_id)}`}>
              <Picture product={product} isUrgent />
              <span className="hero-label"><b>{productName(product.name)}</b>{why ? <span>{why}</span> : null}</span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
