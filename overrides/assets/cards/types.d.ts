// The record's types. A browser never loads this file.

export type Grade = "again" | "hard" | "good" | "easy";
export type Stage = "new" | "learning" | "review" | "relearning";

/** One line of the log, as the learner's file has it. Newer versions may write more fields. */
export interface RecordedEvent {
  id: string;
  /** "review", "undo", "suspend", "resume", "bury" or "reset". Others are kept, and left alone. */
  kind: string;
  card: string;
  /** In ms since 1970. */
  at: number;
  /** "reverse" or "cloze:N"; none is the card itself. */
  prompt?: string;
  /** A `Grade`. Others are kept, and left alone. */
  grade?: string;
  mode?: string;
  /** The card's revision at that time. */
  revision?: number;
  /** The id of an event. */
  undoes?: string;
}

/** Where one prompt of a card stands. Times are in ms since 1970; 0 is never. */
export interface Schedule {
  card: string;
  /** "" is the card itself. */
  prompt: string;
  state: Stage;
  due: number;
  /** When it was first reviewed, since it was last started afresh. */
  first: number;
  /** When it was last reviewed. */
  last: number;
  /** The days after which nine of ten such cards are still remembered. */
  stability: number;
  /** From 1 to 10. */
  difficulty: number;
  reps: number;
  lapses: number;
  /** How many of the short steps of learning lie behind it. */
  steps: number;
  suspended: boolean;
  /** Until when it is buried. */
  buried: number;
  /** The card's revision when it was last reviewed or started afresh. */
  revision: number;
  /** Whether it is forgotten again and again. */
  leech: boolean;
}

export interface Setting {
  name: string;
  value: any;
  at: number;
}

export interface Options {
  /** The share of due cards that one wants to remember, from 0.70 to 0.97. */
  retention: number;
}

/** Card ids that were, and what they are now. */
export type Names = Map<string, string>;

/** What was the basis of the stored schedules. */
export interface Snapshot {
  made: number;
  retention: number;
  names: Names;
}

export type Stores = (name: string) => IDBObjectStore;
