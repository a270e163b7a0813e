// Words of the seat map: the map, its list, and the tray of chosen seats.

export const ko = {
  title: "좌석 선택",
};

export const en: typeof ko = {
  title: "Choose your seats",
};
