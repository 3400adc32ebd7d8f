import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { startEvents } from "./api/events";
import { App, preloadPages } from "./app/App";
import { startTheme } from "./app/theme";
import "./styles/index.css";

if (window.location.pathname !== "/") preloadPages();
startTheme();
startEvents();
const root = document.getElementById("root");
if (root) createRoot(root).render(<StrictMode><App /></StrictMode>);
