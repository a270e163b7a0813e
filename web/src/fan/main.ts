// The page's beginning: look, language, address, then the shell.
import { mount } from "svelte";
import "../styles/tokens.css";
import "../styles/base.css";
import App from "./App.svelte";
import { startRouter } from "./router/router.svelte.ts";

startRouter();
mount(App, { target: document.body });
