// A place that something points at: a press shows it in the diff, or opens it in the editor where it did not change.

import { SquarePen } from "lucide-react";
import { SafeText } from "../../components/diff/LineText";
import { nameOf } from "../../lib/path";
import { testIds } from "../../testids";
import styles from "./Points.module.css";
import { lineWord, type Place, placeWord } from "./points";

export type Places = {
  /** Shows a place; what is not part of the change opens in the editor. */
  go: (place: Place) => void;
  isChanged: (file: string) => boolean;
};

export function PlaceLink({ place, why, places }: { place: Place; why?: string; places: Places }) {
  const changed = places.isChanged(place.file);
  const where = placeWord(place, true);
  const told = [where, why, changed ? null : "Not part of the change: opens in the editor."];
  return (
    <button
      type="button"
      className={styles.place}
      title={told.filter(Boolean).join("\n")}
      data-testid={testIds.place(where)}
      onClick={(event) => {
        event.stopPropagation();
        places.go(place);
      }}
    >
      <span className={styles.placeName}>
        <SafeText text={nameOf(place.file)} />
      </span>
      <span>{lineWord(place)}</span>
      {!changed && <SquarePen size={11} aria-label="in the editor" />}
    </button>
  );
}
