import { useSession } from "../api/session";
import { piecesIn, useCart } from "../features/cart/cart";
import { SearchBox } from "../features/catalogue/SearchBox";
import { Link } from "../lib/router";
import { BagIcon, PersonIcon } from "../ui/icons";
import { ThemeButton } from "./ThemeButton";

export function Header() {
  const { userId, displayName } = useSession();
  const pieces = useCart((cart) => piecesIn(cart.lines));
  const open = useCart((cart) => cart.open);
  const first = displayName?.split(" ")[0];
  return (
    <header className="top">
      <div className="wrap top-row">
        <Link className="mark" to="/"><ShopName /></Link>
        <SearchBox />
        <nav className="top-nav" aria-label="Main">
          <Link to="/products">Products</Link>
          {userId === undefined ? <Link to="/sign-in"><PersonIcon /><span>Sign in</span></Link>
            : <Link to="/you"><PersonIcon /><span>{first || "Your page"}</span></Link>}
          <button type="button" className="top-cart" onClick={() => open(true)} aria-haspopup="dialog">
            <BagIcon /><span>Cart</span>
            <span className="top-count" data-empty={pieces === 0}>
              <span aria-hidden="true">{pieces}</span>
              <span className="hidden-text">{pieces === 1 ? "1 piece" : `${pieces} pieces`}</span>
            </span>
          </button>
          <span className="top-theme"><ThemeButton /></span>
        </nav>
      </div>
    </header>
  );
}

/** The dot of the name is in the second colour. */
function ShopName() {
  const [before, ...after] = SHOP_NAME.split("·");
  return after.length === 0 ? <>{SHOP_NAME}</> : <>{before}<b>·</b>{after.join("·")}</>;
}
