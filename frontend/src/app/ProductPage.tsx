import { ProductDetail } from "../features/catalogue/ProductDetail";
import { BoughtTogether, Similar } from "../features/related/Related";
import { useParams } from "../lib/router";

export function ProductPage() {
  const { id = "" } = useParams();
  return (
    <ProductDetail
      productId={id}
      related={(product) => (
        <>
          <BoughtTogether product={product} />
          <Similar productId={product.product_id} />
        </>
      )}
    />
  );
}
