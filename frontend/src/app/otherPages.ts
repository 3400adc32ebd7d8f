// Everything but the front page, as one file of code: split further, the parts that pages share fall into a dozen small files
// that compress badly and are fetched one by one.
export { SignInPage } from "../features/account/SignInPage";
export { WelcomePage } from "../features/account/WelcomePage";
export { CheckoutPage } from "../features/cart/CheckoutPage";
export { preloadProducts, ProductsPage } from "../features/catalogue/ProductsPage";
export { WhyDialog } from "../features/recommendations/WhyDialog";
export { CartPanel } from "./CartPanel";
export { ConfirmationPage } from "./ConfirmationPage";
export { ProductPage } from "./ProductPage";
export { YouPage } from "./YouPage";
