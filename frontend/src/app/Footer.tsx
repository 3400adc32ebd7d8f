import { useSession } from "../api/session";
import { Link } from "../lib/router";
import { ThemeButton } from "./ThemeButton";

export function Footer() {
  const userId = useSession((session) => session.userId);
  return (
    <footer className="bottom">
      <div className="wrap bottom-row">
        <p className="bottom-words">We choose for you from what you buy and look at, and always say why. You can send anything away.</p>
        <nav aria-label="More">
          <Link to="/products">All products</Link>
          <Link to={userId === undefined ? "/sign-in" : "/you"}>Your page</Link>
          <Link to="/welcome">What you like</Link>
          <Link to="/sign-in">{userId === undefined ? "Sign in" : "Change customer"}</Link>
          <ThemeButton hasWords />
        </nav>
      </div>
    </footer>
  );
}
