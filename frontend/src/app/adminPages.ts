// The dashboard, as one file of code. It names what the front page and the other pages share besides: esbuild makes a file for each
// set of entries that use a module, and a second shared file would cost every customer 1.3 kB.
import "../features/cart/cart";
import "../features/recommendations/Picks";
import "../ui/Stepper";
export { AdminApp } from "../admin/AdminApp";
