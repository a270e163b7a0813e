// The start of the fan's page: styles, language, router, then the shell.
import { mount } from "svelte";
import "../styles/tokens.css";
import "../styles/base.css";
import { answerIn } from "../api/client.ts";
import { currentLanguage } from "../i18n/language.svelte.ts";
import App from "./App.svelte";
import { startRouter } from "./router/router.svelte.ts";

answerIn(currentLanguage);
startRouter();
mount(App, { target: document.body });
