// The colours that the fan's system wants everywhere (forced-colors), as a theme of the map. All
// grades have one colour then: their shapes and letters tell them.
import { DARK, LIGHT, type Theme } from "./theme.ts";

/** The theme for a scheme, or the system's where it insists on its colours. */
export function wantedTheme(isDark: boolean, isForced: boolean): Theme {
  const usual = isDark ? DARK : LIGHT;
  return isForced ? systemTheme() : usual;
}

/** The system's colours as they are now; a canvas would take its names for the usual ones. */
function systemTheme(): Theme {
  const probe = document.createElement("i");
  probe.hidden = true;
  document.body.append(probe);
  const read = (name: string): string => {
    probe.style.color = name;
    return getComputedStyle(probe).color;
  };
  const theme = themeOf(read);
  probe.remove();
  return theme;
}

function themeOf(read: (name: string) => string): Theme {
  const [paper, ink, grey] = [read("Canvas"), read("CanvasText"), read("GrayText")];
  const [own, onOwn] = [read("Highlight"), read("HighlightText")];
  return {
    paper,
    ink,
    quiet: ink,
    floor: paper,
    floorLine: ink,
    stage: paper,
    onStage: ink,
    gone: paper,
    goneLine: grey,
    onGone: ink,
    own,
    onOwn,
    focus: own,
    grades: [{ fill: ink, on: paper }],
  };
}
