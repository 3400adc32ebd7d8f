// Constants that scripts/build.mjs puts in place.
declare const SHOP_API_URL: string;
declare const SHOP_NAME: string;
declare const SHOP_SIGN_IN_URL: string;
declare module "*.css";
