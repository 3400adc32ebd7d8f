import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { startEvents } from "./api/events";
import { App, preloadFirstPage } from "./app/App";
import { startTheme } from "./app/theme";
import "./styles/index.css";

preloadFirstPage();
startTheme();
startEvents();
const root = document.getElementById("root");
if (root) createRoot(root).render(<StrictMode><App /></StrictMode>);
