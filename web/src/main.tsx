import "./mantine_styles";
import "./tokens.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { setUpLanguage } from "./i18n";

const container = document.getElementById("root");
if (container === null) throw new Error("index.html has no #root");

await setUpLanguage();
createRoot(container).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
