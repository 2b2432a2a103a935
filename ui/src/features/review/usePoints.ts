// The point of a review that a person is at, which ones are listed, and doing without one.

import { useState } from "react";
import { toastError } from "../../components/toast";
import type { ReviewView } from "../../ipc/bindings/ReviewView";
import { request } from "../../ipc/request";
import { canWaive, type FindingFilter, type Point, pointKey, stepFrom, walk } from "./points";

export function usePoints(plan: string, task: string, review: ReviewView, current: boolean, alone?: number) {
  const [filter, setFilter] = useState<FindingFilter>("open");
  const [point, setPoint] = useState<Point | null>(null);
  const [waiving, setWaiving] = useState<Point | null>(null);

  const isWaivable = ({ kind, id }: Point): boolean => {
    if (!current) return false;
    if (kind === "finding") return review.findings.some((f) => f.id === id && f.state === "open");
    return review.requirements.some((r) => r.id === id && canWaive(r));
  };
  return {
    filter,
    setFilter,
    point,
    choose: setPoint,
    next: (step: 1 | -1): Point | null => stepFrom(walk(review, filter), point, step),
    isAt: (one: Point) => point !== null && pointKey(point) === pointKey(one),
    isWaivable,
    isWaiving: (one: Point) => waiving !== null && pointKey(waiving) === pointKey(one),
    startWaiving: (one: Point) => {
      setPoint(one);
      setWaiving(one);
    },
    stopWaiving: () => setWaiving(null),
    waive: ({ id }: Point, reason: string): Promise<boolean> =>
      request({ type: "waive", plan, task, attempt: alone, id, reason }).then(
        () => true,
        (problem) => {
          toastError(problem);
          return false;
        },
      ),
  };
}

export type Points = ReturnType<typeof usePoints>;
