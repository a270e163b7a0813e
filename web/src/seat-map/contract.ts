// The shapes that the map gets from the server and gives to the page around it.
export interface PlanAnswer {
  size: { width: number; height: number };
  stage: { x: number; y: number; width: number; height: number; label: string };
  grades: { name: string; price: number; color: number }[];
  sections: {
    name: string;
    floor?: string | null;
    grade: number;
    outline: number[][];
    label: { x: number; y: number };
    first_seat: number;
    seats: number;
  }[];
  rows: { section: number; name: string; first_seat: number; seats: number }[];
  seats: { number: string[]; x: number[]; y: number[]; grade: number[] };
}

export interface AvailabilityAnswer {
  version: number;
  taken: string;
}
