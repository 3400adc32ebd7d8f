import { useSession } from "../api/session";
import { Preferences } from "../features/account/Preferences";
import { OrderHistory } from "../features/orders/OrderHistory";
import { useRecommendations } from "../features/recommendations/lists";
import { OpenReason } from "../features/recommendations/OpenReason";
import { BuyAgain, Picks } from "../features/recommendations/Picks";
import { SentAway } from "../features/recommendations/SentAway";
import { Link, navigate } from "../lib/router";
import { PageHeading } from "../ui/Page";
import { EmptyState } from "../ui/states";

/** The customer's own page: orders, picks with their reasons, what is due again, what they like. */
export function YouPage() {
  const { userId, displayName, signOut } = useSession();
  const picks = useRecommendations(userId, "discover");
  const again = useRecommendations(userId, "buy_again");
  if (userId === undefined) {
    return (
      <div className="wrap lonely">
        <PageHeading title="Your page" />
        <EmptyState title="We do not know you yet." action={<Link className="button" to="/sign-in?to=/you">Sign in</Link>}>
          Sign in to see your orders and what we picked for you.
        </EmptyState>
      </div>
    );
  }
  const leave = () => {
    signOut();
    navigate("/");
  };
  return (
    <div className="wrap you">
      <div className="you-head">
        <PageHeading title="Your page">{displayName ?? "Your page"}</PageHeading>
        <p><button type="button" className="link" onClick={leave}>Sign out</button></p>
      </div>
      <Picks title="Recommended for you" query={picks} userId={userId} count={12} reasonOf={(slot) => <OpenReason slot={slot} userId={userId} />} />
      <BuyAgain query={again} userId={userId} />
      <div className="you-columns">
        <OrderHistory userId={userId} />
        <div>
          <Preferences userId={userId} />
          <SentAway userId={userId} />
        </div>
      </div>
    </div>
  );
}
