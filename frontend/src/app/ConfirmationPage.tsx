import { useSession } from "../api/session";
import { useReceipts } from "../features/cart/order";
import { OrderPage } from "../features/orders/OrderPage";
import { useRecommendations } from "../features/recommendations/lists";
import { Picks } from "../features/recommendations/Picks";
import { useParams } from "../lib/router";

export function ConfirmationPage() {
  const { id = "" } = useParams();
  const { userId, displayName } = useSession();
  const receipt = useReceipts(({ receipts }) => receipts.find((each) => each.orderId === id));
  const own = receipt?.userId === userId ? receipt : undefined;
  const picks = useRecommendations(own?.userId, "discover");
  return (
    <OrderPage orderId={id} order={own} firstName={displayName?.split(" ")[0]}>
      {own ? <Picks title="Your picks, with this in mind" query={picks} userId={own.userId} count={4} /> : null}
    </OrderPage>
  );
}
