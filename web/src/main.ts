// The page's beginning: look, language, address, then the shell.
import { mount } from "svelte";
import "./look/tokens.css";
import "./look/base.css";
import App from "./App.svelte";
import { startRouter } from "./router/router.svelte.ts";

startRouter();
mount(App, { target: document.body });
