// The types of what `make` packs beside it.
export { createEmptyCard, fsrs, Rating } from "ts-fsrs";
export type { Card, Grade, FSRSParameters } from "ts-fsrs";
