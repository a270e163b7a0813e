// The start of the console: styles, language, router, then the shell.
import { mount } from "svelte";
import "../styles/tokens.css";
import "../styles/base.css";
import "./console.css";
import { answerIn } from "../api/client.ts";
import { currentLanguage } from "../i18n/language.svelte.ts";
import App from "./App.svelte";
import { startKeys } from "./shell/keys.svelte.ts";
import { startRouter } from "./shell/place.svelte.ts";
import { guardPage } from "./shell/unsaved.svelte.ts";

answerIn(currentLanguage);
startRouter();
startKeys();
guardPage();
mount(App, { target: document.body });
