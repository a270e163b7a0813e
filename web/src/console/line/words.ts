// Texts of the screen of the line.
import { wordsOf } from "../shell/wording.ts";
import { ko } from "./words.ko.ts";
import { en } from "./words.en.ts";

export const words = wordsOf({ ko, en });
