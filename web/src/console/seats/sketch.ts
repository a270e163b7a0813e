// What operators' maps are painted from: the fans' map, with every seat at any distance. Pure.
import type { Availability } from "../../hall/availability.ts";
import { detailAt } from "../../hall/detail.ts";
import type { Sketch } from "../../hall/easel.ts";
import type { Focus } from "../../hall/keyboard.ts";
import type { Symbol } from "../../hall/painting/symbols.ts";
import type { Theme } from "../../hall/painting/theme.ts";
import type { Plan } from "../../hall/plan.ts";
import type { Camera, Size } from "../../hall/viewport.ts";
import { count } from "../../i18n/format.ts";
import type { Language } from "../../i18n/language.ts";

export interface Look {
  readonly plan: Plan;
  readonly availability: Availability;
  readonly camera: Camera;
  readonly size: Size;
  readonly pitch: number;
  readonly theme: Theme;
  readonly symbols: readonly Symbol[];
  readonly language: Language;
  readonly focus: Focus;
  readonly hovered: Focus;
}

/** A picture of a plan for operators. */
export function operatorSketch({ focus, hovered, language, ...look }: Look): Sketch {
  const { plan, availability, pitch } = look;
  const detail = detailAt(pitch);
  return {
    ...look,
    // Operators see every seat, however far away.
    detail: { ...detail, seats: 1, overview: false, tags: !detail.shapes },
    stageWord: (language === "en" && plan.stage.labelEn) || plan.stage.label,
    sectionWords: (section) => {
      const { name, nameEn } = plan.sections[section]!;
      const left = count(availability.leftInSection[section]!, language);
      return { name: (language === "en" && nameEn) || name, price: "", left };
    },
    chosen: [],
    owned: new Set(),
    offered: [],
    focusedSeat: focus.seat,
    focusedSection: focus.section,
    hoveredSeat: hovered.seat,
    hoveredSection: hovered.section,
    grade: null,
    flashes: [],
  };
}
