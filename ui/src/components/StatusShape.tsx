/* The shape of a state: never hue alone. Drawn here because no icon set has a ring that advances by stage. */
import type { Hue, Shape } from "../lib/stage";
import styles from "./StatusShape.module.css";

interface Props {
  shape: Shape;
  hue: Hue;
  /** A notch: what the state stands on has moved. */
  stale?: boolean;
  size?: number;
  /** Read out when the shape stands without its word. */
  label?: string;
}

const ring = (to: string) => (
  <>
    <circle cx="7" cy="7" r="5" fill="none" stroke="currentColor" strokeWidth="1.5" opacity=".32" />
    <path d={to} fill="none" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
  </>
);

const drawings: Record<Shape, React.ReactNode> = {
  dotted: (
    <circle
      cx="7"
      cy="7"
      r="5"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.5"
      strokeDasharray="1.6 2.3"
    />
  ),
  circle: <circle cx="7" cy="7" r="5" fill="none" stroke="currentColor" strokeWidth="1.5" />,
  ring1: ring("M7 2a5 5 0 0 1 5 5"),
  ring2: ring("M7 2a5 5 0 0 1 0 10"),
  ring3: ring("M7 2a5 5 0 1 1-5 5"),
  ring4: ring("M7 2a5 5 0 1 1-3.6 1.5"),
  diamond: <path d="M7 1.2 12.8 7 7 12.8 1.2 7Z" fill="currentColor" />,
  half: (
    <>
      <path d="M7 1.8 12.2 7 7 12.2 1.8 7Z" fill="none" stroke="currentColor" strokeWidth="1.4" />
      <path d="M7 1.8V12.2L1.8 7Z" fill="currentColor" />
    </>
  ),
  check: (
    <>
      <circle cx="7" cy="7" r="6" fill="currentColor" />
      <path
        d="m4.4 7.2 1.9 1.9 3.4-3.9"
        fill="none"
        stroke="var(--s2)"
        strokeWidth="1.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </>
  ),
  cross: (
    <>
      <circle cx="7" cy="7" r="6" fill="none" stroke="currentColor" strokeWidth="1.4" />
      <path d="m5 5 4 4m0-4-4 4" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />
    </>
  ),
  slash: (
    <>
      <circle cx="7" cy="7" r="6" fill="none" stroke="currentColor" strokeWidth="1.4" />
      <path d="m4.2 9.8 5.6-5.6" stroke="currentColor" strokeWidth="1.6" strokeLinecap="round" />
    </>
  ),
};

export function StatusShape({ shape, hue, stale = false, size = 14, label }: Props) {
  return (
    <svg
      className={`${styles.shape} ${styles[hue]}`}
      width={size}
      height={size}
      viewBox="0 0 14 14"
      role={label ? "img" : undefined}
      aria-label={label}
      aria-hidden={label ? undefined : true}
      data-shape={shape}
    >
      {drawings[shape]}
      {stale && <path d="M9.5 0H14v4.5Z" fill="var(--stale)" />}
    </svg>
  );
}
