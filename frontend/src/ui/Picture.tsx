import { useState } from "react";
import { pictureUrl } from "../api/endpoints";

interface Pictured {
  product_id: string;
  name: string;
  category: string;
  image?: string | null;
  metadata?: Record<string, unknown>;
}

interface Props {
  product: Pictured;
  /** Above the fold: fetched at once. */
  isUrgent?: boolean;
  /** Empty where a name stands beside it. */
  alt?: string;
}

/** One of six grounds, the same for all products of a category. */
export function ground(category: string): number {
  let sum = 0;
  for (const character of category) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 9_973;
  return sum % 6;
}

/** A product's picture on its ground; where there is none, its initial. */
export function Picture({ product, isUrgent = false, alt = "" }: Props) {
  const url = pictureUrl(product);
  const [failed, setFailed] = useState<string | undefined>();
  const fails = failed === url;
  return (
    <span className="picture" data-ground={ground(product.category)}>
      {fails ? (
        <span className="picture-initial" {...(alt ? { role: "img", "aria-label": alt } : { "aria-hidden": true })}>
          {product.name.trim().charAt(0).toUpperCase()}
        </span>
      ) : (
        <img
          src={url}
          alt={alt}
          width={400}
          height={500}
          loading={isUrgent ? "eager" : "lazy"}
          decoding="async"
          // React 18 does not know it, nor its types; before the many below that the browser fetches ahead.
          {...(isUrgent ? { fetchpriority: "high" } : {})}
          onError={() => setFailed(url)}
        />
      )}
    </span>
  );
}
